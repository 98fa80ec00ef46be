package pipeline

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// Batches bound memory: a batch closes at this many items or bytes, and there
// are two batches per worker in all.
const (
	batchItems = 64
	batchBytes = 4 << 20
)

// maxKeptBytes is how large a buffer of an item may be to be kept for the next
// one: what a giant page grew is given back.
const maxKeptBytes = 128 << 10

// ordered runs items through workers and hands them to consume in the order in
// which produce made them.
//
// produce fills the item it is given and returns its size in bytes, or ok=false
// at the end. It runs in one goroutine, consume in another; every worker calls
// newWorker once and then runs whole batches. Items are reused: neither side may
// keep one, or memory of it, after returning.
func ordered[T any](ctx context.Context, workers int,
	produce func(item *T) (size int, ok bool, err error),
	newWorker func() (func(item *T) error, error),
	consume func(item *T) error,
) error {
	type batch struct {
		items []T
		n     int
		done  chan struct{}
	}
	g, ctx := errgroup.WithContext(ctx)
	count := 2*workers + 1
	free := make(chan *batch, count)
	work := make(chan *batch, count)
	order := make(chan *batch, count)
	for range count {
		free <- &batch{items: make([]T, batchItems)}
	}
	g.Go(func() error { // reader
		defer close(work)
		defer close(order)
		for more := true; more; {
			var b *batch
			select {
			case b = <-free:
			case <-ctx.Done():
				return ctx.Err()
			}
			b.n, b.done = 0, make(chan struct{})
			for size := 0; b.n < batchItems && size < batchBytes; {
				n, ok, err := produce(&b.items[b.n])
				if err != nil {
					return err
				}
				if !ok {
					more = false
					break
				}
				size += n
				b.n++
			}
			if b.n == 0 {
				break
			}
			order <- b // never blocks: as many slots as batches
			work <- b
		}
		return nil
	})
	for range workers {
		g.Go(func() error {
			step, err := newWorker()
			if err != nil {
				return err
			}
			for b := range work {
				for i := range b.n {
					if err := step(&b.items[i]); err != nil {
						return err
					}
				}
				close(b.done)
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error { // collector
		for b := range order {
			select {
			case <-b.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			for i := range b.n {
				if err := consume(&b.items[i]); err != nil {
					return err
				}
			}
			free <- b
		}
		return nil
	})
	return g.Wait()
}
