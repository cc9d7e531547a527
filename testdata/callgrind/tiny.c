/* A program of a few functions and no library, so that its profiles are small: recursion, mutual recursion, inlining,
 * a function with two callers, one name in two files, and work in a second half. Built without a C library. */
#include "helper.h"

static int board[16] = {1};

__attribute__((noinline)) static int leaf(int n) { return board[n & 15] + n; }

__attribute__((noinline)) static int scale(int n) {
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += leaf(i);
    return sum;
}

__attribute__((noinline)) int fact(int n) { return n < 2 ? 1 : n * fact(n - 1); }

int is_odd(int n);
__attribute__((noinline)) int is_even(int n) { return n == 0 ? 1 : is_odd(n - 1); }
__attribute__((noinline)) int is_odd(int n) { return n == 0 ? 0 : is_even(n - 1); }

__attribute__((noinline)) static int one(int n) { return scale(n) + square(n); }
__attribute__((noinline)) static int two(int n) { return scale(2 * n) + fact(n); }

__attribute__((noinline)) void half(void) { board[0]++; }

__attribute__((noinline)) int work(int n) {
    int sum = one(n) + two(n);
    half();
    return sum + one(n) + is_even(n) + other(n);
}

__attribute__((noreturn)) void _start(void) {
    int sum = work(5);
    __asm__ volatile("syscall" : : "a"(60), "D"(sum & 0), "S"(0));
    __builtin_unreachable();
}
