package source

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Synthetic keys, built here so that no file holds one.
var (
	hexKey  = "pk_" + strings.Repeat("0123456789abcdef", 3)[:34]
	siteKey = "pk_AbC123_" + strings.Repeat("fedcba9876543210", 3)[:34]
)

func scan(t *testing.T, src scanner.Source) *scanner.Report {
	t.Helper()
	return scanner.Scan(t.Context(), src, scanner.Options{})
}

// one is a source of one blob at hand, whole.
type one scanner.Blob

func (o one) Walk(_ context.Context, visit func(scanner.Blob) error) error {
	return visit(scanner.Blob(o))
}

// A content that comes in windows gives the findings, places and counts that it gives in one piece, wherever a key
// meets the edge of a window.
func TestWindowsFindWhatTheWholeHolds(t *testing.T) {
	slot := `fetch("https://a.klaviyo.com/client/x?company_id=` + siteKey + `")`
	text := []byte(strings.Repeat("é line of text\n", 3*scanner.WindowSize/15))
	for _, edge := range []int{scanner.WindowSize - 2*scanner.WindowOverlap, scanner.WindowSize - scanner.WindowOverlap, scanner.WindowSize, 2*scanner.WindowSize - 3*scanner.WindowOverlap, 2*scanner.WindowSize - 2*scanner.WindowOverlap} {
		for _, shift := range []int{-len(slot) - 3, -len(slot), -60, -49, -40, -20, -1, 0, 1, 200} {
			at := edge + shift + shift*3*len(slot) // apart from one another
			copy(text[at:], "\n"+slot+"\n")
		}
	}
	whole := scan(t, one{Path: "a", Data: text})
	require.Greater(t, len(whole.Findings), 40)
	windows := scan(t, &Stdin{Reader: iotest.HalfReader(bytes.NewReader(text)), Path: "a"})
	require.Equal(t, len(whole.Findings), len(windows.Findings))
	for i, want := range whole.Findings {
		got := windows.Findings[i]
		assert.Equal(t, want.Start, got.Start)
		assert.Equal(t, want.End, got.End)
		assert.Equal(t, "client-company-id", got.Rule.ID)
		assert.Equal(t, want.Slot, got.Slot)
		assert.Equal(t, want.Line, got.Line)
	}
	assert.Equal(t, whole.Stats, windows.Stats)
}

func TestWindowsOfUTF16(t *testing.T) {
	var text bytes.Buffer
	line := utf16.Encode([]rune("KLAVIYO_PUBLIC_KEY=" + siteKey + " ✓" + strings.Repeat(" ", 4001) + "\r\n"))
	for text.Len() < 2*scanner.WindowSize+12345 {
		for _, u := range line {
			text.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	whole := scan(t, one{Path: "a", Data: text.Bytes()})
	windows := scan(t, &Stdin{Reader: &text, Path: "a"})
	require.NotEmpty(t, whole.Findings)
	require.Equal(t, len(whole.Findings), len(windows.Findings))
	for i, want := range whole.Findings {
		require.Equal(t, want.Start.Offset, windows.Findings[i].Start.Offset)
		require.Equal(t, want.Start.Line(), windows.Findings[i].Start.Line())
		require.Equal(t, "public-setting", windows.Findings[i].Rule.ID)
	}
}

func TestReadErrorKeepsWhatWasRead(t *testing.T) {
	r := io.MultiReader(strings.NewReader("key: "+hexKey+"\n"), iotest.ErrReader(errors.New("disk on fire")))
	report := scan(t, &Stdin{Reader: r, Path: "a"})
	assert.Len(t, report.Findings, 1)
	assert.Equal(t, []scanner.Skipped{{Path: "a", Reason: "disk on fire"}}, report.Skipped)
}

// A source that hangs, or never ends, is left when the scan is called off.
func TestStdinStopsWithItsContext(t *testing.T) {
	for name, reader := range map[string]io.Reader{"hangs": hanging{}, "never ends": endless{}} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		r := scanner.Scan(ctx, &Stdin{Reader: reader, Path: "a"}, scanner.Options{})
		assert.Equal(t, "interrupted", r.Stopped, name)
		assert.False(t, r.Complete())
	}
}

type hanging struct{}

func (hanging) Read([]byte) (int, error) { select {} }

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// Encoded keys are found once wherever they meet the edge of a window: alone, in a run of base64 that is larger than a
// window, in literals and in lines that go on.
func TestWindowsOfEncodedKeys(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	key := "KLAVIYO_PUBLIC_KEY: "
	encoded := []string{
		key + b64([]byte(siteKey)) + "\n", key + "'" + siteKey[:9] + "' +\n '" + siteKey[9:] + "'\n",
		key + siteKey[:20] + "=\r\n" + siteKey[20:] + "\n", key + "%70%6B%5F" + siteKey[3:] + "\n",
	}
	const edge = scanner.WindowSize - 2*scanner.WindowOverlap
	for i, text := range encoded {
		for _, shift := range []int{-100, -70, -50, -30, -10, 0, 30} {
			data := []byte(strings.Repeat("line of text, more\n", (edge+shift)/19) + strings.Repeat(" ", (edge+shift)%19) + text)
			data = append(data, strings.Repeat("line of text, more\n", 2*scanner.WindowOverlap/19+scanner.WindowSize/190)...)
			for name, r := range map[string]*scanner.Report{
				"whole":   scan(t, one{Path: "a", Data: data}),
				"windows": scan(t, &Stdin{Reader: bytes.NewReader(data), Path: "a"}),
			} {
				require.Len(t, r.Findings, 1, "%s %d %d", name, i, shift)
				require.Equal(t, "KLAVIYO_PUBLIC_KEY", r.Findings[0].Slot)
				require.True(t, r.Complete(), r.Skipped)
			}
		}
	}
	var json bytes.Buffer
	for n := 0; json.Len() < 2*scanner.WindowSize; n++ {
		line := strings.Repeat("some text ", 1000)
		if n%40 == 0 {
			line += `"token": "` + siteKey + `"`
		}
		json.WriteString(line + "\n")
	}
	want := len(scan(t, one{Path: "a", Data: json.Bytes()}).Findings)
	for _, text := range []string{b64(json.Bytes()), hex.EncodeToString(json.Bytes())} {
		r := scan(t, &Stdin{Reader: strings.NewReader("data: " + text), Path: "a"})
		require.Len(t, r.Findings, want)
		require.True(t, r.Complete())
	}
}
