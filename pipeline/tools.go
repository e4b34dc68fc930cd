package pipeline

import (
	"context"
	"fmt"
	"sync"

	"nianbao/store"
)

// Identities tell who the tools of this machine are (OCRIdentity, OfficeIdentity);
// a tool that is missing here is not at hand. They are asked only where a file of
// the store depends on the tool, since tools take a moment to start.
type Identities map[store.Tool]func(context.Context) (string, error)

// NoTool is the identity of a tool that is not at hand.
const NoTool = "none"

// tools are what files may depend on, by what to call them for people.
var tools = map[store.Tool]string{store.OCR: "the OCR engines", store.Office: "LibreOffice"}

// Wanted are the versions of the steps that this program makes.
func Wanted(ctx context.Context, s interface {
	DependsOn(ctx context.Context, extract string, t store.Tool) (bool, error)
}, ask Identities) (store.Versions, error) {
	w := wanted{
		Versions: store.Versions{Extract: Versions[Extract], Normalize: Versions[Normalize], Index: Versions[Index]},
		ask:      ask,
	}
	for t := range tools {
		depends, err := s.DependsOn(ctx, w.Extract, t)
		if err == nil && depends {
			_, err = w.extract(ctx, t)
		}
		if err != nil {
			return w.Versions, err
		}
	}
	return w.Versions, nil
}

// wanted are the versions of one run, which learns the identity of a tool when
// the first file needs it.
type wanted struct {
	store.Versions
	ask      Identities
	mu       sync.Mutex
	agencies *resolver
}

// extract is the version of extract's output for a file that needs a tool, or
// none ("").
func (w *wanted) extract(ctx context.Context, t store.Tool) (string, error) {
	if t == "" {
		return w.Extract, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.Knows(t) {
		identity := NoTool
		if ask := w.ask[t]; ask != nil {
			var err error
			if identity, err = ask(ctx); err != nil {
				return "", fmt.Errorf("ask for the version of %s: %w", tools[t], err)
			}
		}
		w.Know(t, identity)
	}
	return w.By(t), nil
}
