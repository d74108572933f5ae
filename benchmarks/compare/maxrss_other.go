//go:build !darwin

package main

// maxrssUnit is what the system counts a process's memory in, in bytes.
const maxrssUnit = 1 << 10
