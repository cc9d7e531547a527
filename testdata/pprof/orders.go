// A small program that profiles itself: go run orders.go CPU.pb.gz HEAP.pb.gz
//
// Its CPU profile has labels (pprof.Do), inlined frames (price inlines square inlines mix),
// recursion (walk) and two goroutines. Its heap profile keeps some allocations of each of three sites alive.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

type node struct {
	Value    int
	Children []*node
}

func grow(depth int) *node {
	n := &node{Value: depth}
	for i := 0; i < 3 && depth > 0; i++ {
		n.Children = append(n.Children, grow(depth-1))
	}
	return n
}

func mix(n int) int { return n*n ^ n>>3 }

func square(n int) int {
	sum := 0
	for i := 0; i < 64; i++ {
		sum += mix(n ^ i)
	}
	return sum
}

//go:noinline
func price(n int) int { return square(n) % 7 }

func walk(n *node) int {
	sum := price(n.Value)
	for _, child := range n.Children {
		sum += walk(child)
	}
	return sum
}

func encode(n *node) []byte {
	text, err := json.Marshal(n)
	check(err)
	return text
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func create(path string) *os.File {
	file, err := os.Create(path)
	check(err)
	return file
}

// labelled works for 400 ms under the labels.
func labelled(labels pprof.LabelSet, work func()) {
	pprof.Do(context.Background(), labels, func(context.Context) {
		for end := time.Now().Add(400 * time.Millisecond); time.Now().Before(end); {
			work()
		}
	})
}

func main() {
	runtime.MemProfileRate = 8 << 10
	kept := [][]byte{make([]byte, 1<<20)} // first: the new rate holds from the next sampled allocation on
	tree := grow(7)
	kept = append(kept, encode(tree))

	cpu := create(os.Args[1])
	check(pprof.StartCPUProfile(cpu))
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		labelled(pprof.Labels("task", "walk", "customer", "tea house"), func() { walk(tree) })
	}()
	go func() {
		defer both.Done()
		labelled(pprof.Labels("task", "encode"), func() { encode(tree) })
	}()
	both.Wait()
	for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
		walk(tree) // no labels
	}
	pprof.StopCPUProfile()
	check(cpu.Close())

	heap := create(os.Args[2])
	runtime.GC()
	runtime.GC() // the profile lags behind by up to two collections
	check(pprof.Lookup("heap").WriteTo(heap, 0))
	check(heap.Close())
	runtime.KeepAlive(kept)
	runtime.KeepAlive(tree)
}
