package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// stage is one kind of task.
type stage struct {
	name string
	// version rises when the stage's output bytes change for equal input; the
	// golden test of the stage fails otherwise.
	version int
	// fingerprint returns the part of the config, and the versions of packages
	// and tables, that change the output.
	fingerprint func(c *Config) []any
	tasks       func(p *Plan) int
	// identity is what makes task i different from the others beside the files
	// of deps.
	identity func(r *RunFolder, i int) (string, error)
	// deps lists the files of earlier tasks that task i reads.
	deps func(p *Plan, i int) []dep
	run  func(ctx context.Context, t *task) error
	// valid, where not nil, tells whether what the task left outside the stage's
	// folder is still there.
	valid func(r *RunFolder, key string) bool
}

// stages is the walk of the data, in order.
var stages []*stage

func init() { // breaks the cycle stages → run functions → RunFolder → stages
	stages = []*stage{
		extractStage(), sitesStage(), measureStage(), scoresStage(), decideStage(), rankStage(),
		groupStage(), compareStage(), clusterStage(), layoutStage(), writeStage(), finishStage(),
	}
}

// StageNames returns the names of the stages in order.
func StageNames() []string {
	var names []string
	for _, s := range stages {
		names = append(names, s.name)
	}
	return names
}

func stageByName(name string) *stage {
	for _, s := range stages {
		if s.name == name {
			return s
		}
	}
	return nil
}

// fingerprintOf hashes what the stage's output depends on beside its input.
func (s *stage) fingerprintOf(c *Config) string {
	b, err := json.Marshal(s.fingerprint(c))
	if err != nil {
		panic(fmt.Sprintf("stage %s: %v", s.name, err)) // plain structs always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func one(*Plan) int        { return 1 }
func perGroup(p *Plan) int { return len(p.Groups) }

// byNumber tells tasks apart that cut the same input into n parts.
func byNumber(n func(p *Plan) int) func(r *RunFolder, i int) (string, error) {
	return func(r *RunFolder, i int) (string, error) { return fmt.Sprintf("%d/%d", i, n(r.Plan)), nil }
}

func byDeps(*RunFolder, int) (string, error) { return "", nil }

// fromAll lists one output of all tasks of a stage.
func fromAll(stage string, n int, suffixes ...string) []dep {
	var d []dep
	for i := range n {
		for _, s := range suffixes {
			d = append(d, dep{stage: stage, index: i, suffix: s})
		}
	}
	return d
}
