//go:build !linux && !darwin && !windows

package uf2

func mounted() []string { return nil }

func unmounted() (device, drive string) { return "", "" }
