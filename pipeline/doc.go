// Package pipeline loads a config, plans a run and carries out its tasks.
//
// Start with [LoadConfig], then [MakePlan], which lists input files, groups of
// byte ranges and the stages with their fingerprints, then [Run], the scheduler
// of one machine. Everything that does work is a task: a pure function from
// files to files with a key made of the stage's fingerprint and the digests of
// the files it reads. [RunTask] is the only entry to a task, whoever calls it.
//
// The stages, in order, are in stages.go; each has a file of its own:
// extract, sites, measure, decide, rank, group, compare, cluster, layout, write,
// finish. A stage's Version must rise when its output bytes change.
package pipeline
