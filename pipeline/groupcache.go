package pipeline

// cachedGroups is how many groups a groupCache holds.
const cachedGroups = 4

// groupCache keeps what was loaded of the last few groups. The zero groupCache is
// empty; it belongs to one goroutine.
type groupCache[T any] struct {
	groups []int
	values []T
}

// get returns what is kept of a group, or loads it. drop, if not nil, is called
// with what had to go for it.
func (c *groupCache[T]) get(group int, load func() (T, error), drop func(T)) (T, error) {
	for i, g := range c.groups {
		if g == group {
			return c.values[i], nil
		}
	}
	v, err := load()
	if err != nil {
		return v, err
	}
	if len(c.groups) == cachedGroups {
		if drop != nil {
			drop(c.values[0])
		}
		c.groups, c.values = c.groups[1:], c.values[1:]
	}
	c.groups, c.values = append(c.groups, group), append(c.values, v)
	return v, nil
}

// each calls fn with everything that is kept.
func (c *groupCache[T]) each(fn func(T)) {
	for _, v := range c.values {
		fn(v)
	}
}
