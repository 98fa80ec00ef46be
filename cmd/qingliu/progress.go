package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/qingliu/qingliu/pipeline"
)

// progress shows a run on a terminal, or prints a line every ten seconds where
// there is none.
type progress struct {
	w     io.Writer
	run   *pipeline.RunFolder
	tty   bool
	every time.Duration

	mu      sync.Mutex
	stage   string
	tasks   int
	missing int
	start   time.Time
	records int64
	bytes   int64
	total   int64 // bytes of the stage's input, 0 if unknown
	pages   int64 // records that the stage will see, 0 if unknown
	stop    chan struct{}
	done    sync.WaitGroup
}

func newProgress(f *os.File, r *pipeline.RunFolder) *progress {
	p := &progress{w: f, run: r, every: 10 * time.Second, stop: make(chan struct{})}
	if st, err := f.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
		p.tty, p.every = true, 200*time.Millisecond
	}
	p.done.Go(func() {
		t := time.NewTicker(p.every)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				p.mu.Lock()
				p.show()
				p.mu.Unlock()
			case <-p.stop:
				return
			}
		}
	})
	return p
}

func (p *progress) close() {
	close(p.stop)
	p.done.Wait()
	if p.tty {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// StageStart begins the line of a stage.
func (p *progress) StageStart(stage string, tasks, missing int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage, p.tasks, p.missing, p.start = stage, tasks, missing, time.Now()
	p.records, p.bytes, p.total, p.pages = 0, 0, 0, 0
	switch stage {
	case "extract":
		p.total = p.run.MissingInputBytes()
	case "measure":
		if missing == tasks {
			p.pages = p.run.Count("extract", "pages")
		}
	case "write":
		if missing == tasks {
			p.pages = p.run.Count("layout", "docs")
		}
	}
}

// StageEnd replaces the line by what the stage did.
func (p *progress) StageEnd(stage string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear := ""
	if p.tty {
		clear = "\r\x1b[K"
	}
	if p.missing == 0 {
		fmt.Fprintf(p.w, "%s%-8s done before%s\n", clear, stage, p.result())
		return
	}
	d := time.Since(p.start)
	line := fmt.Sprintf("%s%-8s %s", clear, stage, seconds(d))
	if p.records > 0 && d > 0 {
		line += fmt.Sprintf("  %s/s", group(int64(float64(p.records)/d.Seconds())))
	}
	fmt.Fprintln(p.w, line+p.result())
}

// result words what the stage's markers count.
func (p *progress) result() string {
	n := func(name string) int64 { return p.run.Count(p.stage, name) }
	switch p.stage {
	case "extract":
		return fmt.Sprintf("  %s pages of %s records", group(n("pages")), group(n("records")))
	case "sites":
		return fmt.Sprintf("  %s boilerplate lines on %s sites", group(n("boilerplate_lines")), group(n("sites")))
	case "measure":
		return fmt.Sprintf("  %s documents of %s pages", group(n("documents")), group(n("pages")))
	case "scores":
		return fmt.Sprintf("  %s documents", group(n("documents")))
	case "decide":
		return fmt.Sprintf("  %s kept, %s dropped", group(n("kept")), group(n("dropped")))
	case "rank":
		return fmt.Sprintf("  %s distinct documents", group(n("ranked")))
	case "group", "compare":
		return fmt.Sprintf("  %s edges", group(n("edges")))
	case "cluster":
		return fmt.Sprintf("  %s near duplicates removed", group(n("removed")))
	case "layout", "write":
		return fmt.Sprintf("  %s documents in %s shards", group(n("docs")), group(n("shards")))
	case "finish":
		return fmt.Sprintf("  %s records kept", group(n("kept")))
	}
	return ""
}

// Progress adds finished records.
func (p *progress) Progress(_ string, records, bytes int64) {
	p.mu.Lock()
	p.records += records
	p.bytes += bytes
	p.mu.Unlock()
}

// Log prints trouble on a line of its own.
func (p *progress) Log(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear := ""
	if p.tty {
		clear = "\r\x1b[K"
	}
	fmt.Fprintf(p.w, "%s%s\n", clear, safeText(text))
}

func (p *progress) show() {
	if p.stage == "" || p.missing == 0 {
		return
	}
	d := time.Since(p.start)
	if d < p.every {
		return
	}
	rate := float64(p.records) / d.Seconds()
	line := fmt.Sprintf("%-8s %s records, %s/s", p.stage, group(p.records), group(int64(rate)))
	share := 0.0
	switch {
	case p.total > 0:
		share = float64(p.bytes) / float64(p.total)
		line += fmt.Sprintf(", %s/s", size(int64(float64(p.bytes)/d.Seconds())))
	case p.pages > 0:
		share = float64(p.records) / float64(p.pages)
	}
	if share > 0.001 && share < 1 {
		left := time.Duration(float64(d) * (1 - share) / share)
		line += fmt.Sprintf(", %.0f %%, %s left", share*100, seconds(left))
	}
	if p.tty {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(p.w, line)
}

// seconds prints a duration for people.
func seconds(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d:%02d min", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d:%02d h", int(d.Hours()), int(d.Minutes())%60)
}
