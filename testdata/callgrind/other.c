__attribute__((noinline)) static int leaf(int n) { return n ^ 21; }

int other(int n) { return leaf(n) + leaf(n + 1); }
