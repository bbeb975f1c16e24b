//go:build !wasip1

package main

func raw() []attempt { return nil }
func wild(string)    {}
