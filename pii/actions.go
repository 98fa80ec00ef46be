package pii

// Actions returns the action of each class, by the index of Classes.
func (c Config) Actions() []Action {
	a := c.actions()
	return a[:]
}
