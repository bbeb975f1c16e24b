// Package sizes holds how much memory the parts of the runtime take: one table
// for each class of chips, chosen by build tags.
package sizes
