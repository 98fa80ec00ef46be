package main

import (
	"context"
	"io"
	"os"
)

// withParentDeath returns a context that ends when standard input does, if on is
// set: engines close the pipe of an attempt they gave up.
func withParentDeath(ctx context.Context, on bool) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if on {
		// The goroutine ends with the process: a blocked read of standard input
		// cannot be interrupted.
		go func() {
			io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
	}
	return ctx, cancel
}
