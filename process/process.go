// Package process holds what a parent and the child processes it starts share:
// messages in length-prefixed frames over standard streams, the memory and
// processor time of a running child, and the cause that a crashed one named.
// Watch holds a child that does one thing to its limits; children that serve are
// limited and restarted by whoever owns them.
package process
