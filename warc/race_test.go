//go:build race

package warc

// raceEnabled says that the tests run with the race detector.
const raceEnabled = true
