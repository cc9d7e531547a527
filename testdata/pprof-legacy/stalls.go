// Program stalls writes the text profiles of Go's runtime about goroutines that wait for each other.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
)

var kept [][]byte

//go:noinline
func hoard(size int) { kept = append(kept, make([]byte, size)) }

//go:noinline
func contend(lock *sync.Mutex, done *sync.WaitGroup) {
	defer done.Done()
	for i := 0; i < 200; i++ {
		lock.Lock()
		runtime.Gosched()
		lock.Unlock()
	}
}

func main() {
	runtime.SetMutexProfileFraction(2)
	runtime.SetBlockProfileRate(1)
	var lock sync.Mutex
	var done sync.WaitGroup
	for i := 0; i < 4; i++ {
		done.Add(1)
		go contend(&lock, &done)
	}
	done.Wait()
	for i := 0; i < 40; i++ {
		hoard(100 << 10)
		hoard(700)
	}
	for i := range kept[:20] {
		kept[i] = nil
	}
	runtime.GC()
	forever := make(chan int)
	for i := 0; i < 3; i++ {
		go func() { <-forever }()
	}
	pprof.Do(context.Background(), pprof.Labels("job", "wait \"here\"", "part", "2"), func(ctx context.Context) {
		go func() { <-forever }()
	})
	runtime.Gosched()
	for _, name := range []string{"goroutine", "threadcreate", "heap", "mutex", "block"} {
		file, err := os.Create("go-" + name + ".txt")
		if err != nil {
			panic(err)
		}
		if err := pprof.Lookup(name).WriteTo(file, 1); err != nil {
			panic(err)
		}
		file.Close()
	}
}
