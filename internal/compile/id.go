package compile

import "context"

// ID returns the build id that Build would give to r as its sources are now.
// It compiles nothing: whether a board runs the present program is asked often.
func (b *Builder) ID(ctx context.Context, r Request) (string, error) {
	sources, err := readSources(r.Dir, r.Sources)
	if err != nil {
		return "", err
	}
	runtime, err := b.runtimeFiles()
	if err != nil {
		return "", err
	}
	tool, err := b.compiler(ctx, r.Board)
	if err != nil {
		return "", err
	}
	web, err := webImage(r)
	if err != nil {
		return "", err
	}
	return buildID(sources, runtime.hash, r, web, programName(r.Program), tool.Version+" "+tool.Go.Version), nil
}
