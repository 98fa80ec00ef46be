package pipeline

// Events receives what a run tells about itself while it works. Calls may come
// from several goroutines. Nothing in a release depends on them.
type Events interface {
	// StageStart says that a stage begins: it has tasks, of which missing are to
	// be run.
	StageStart(stage string, tasks, missing int)
	// StageEnd says that all tasks of a stage are done.
	StageEnd(stage string)
	// Progress reports records and input bytes that a stage has finished since
	// the last call.
	Progress(stage string, records, bytes int64)
	// Log reports trouble that did not stop the run. The text may quote the
	// input: whoever prints it must make it safe for a terminal.
	Log(text string)
}

type noEvents struct{}

func (noEvents) StageStart(string, int, int)   {}
func (noEvents) StageEnd(string)               {}
func (noEvents) Progress(string, int64, int64) {}
func (noEvents) Log(string)                    {}
