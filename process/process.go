// Package process holds what a parent and the child processes it starts share:
// messages in length-prefixed frames over standard streams, the memory and
// processor time of a running child, and the cause that a crashed one named.
// It does not start, limit or restart anything: whoever owns the child does.
package process
