package markup

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestATextGivesTheIdeasThatItLists(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, source string
		want         []Item
	}{
		{"paragraphs after an introduction", "Some words before.\n\nTwo connected themes:\n\nShared kitchens - going beyond soup and into (bread, jam) - see https://a.example/ https://b.example/\n\nTrains instead of planes",
			[]Item{{"Shared kitchens", "going beyond soup and into (bread, jam) - see https://a.example/ https://b.example/"}, {"Trains instead of planes", ""}}},
		{"lines after an introduction", "Ideas:\nKitchens\nTrains\n\nWhat do you think?", []Item{{"Kitchens", ""}, {"Trains", ""}}},
		{"a list with bullets", "Ideas so far:\n\n  • Kitchens: who cooks?\n  • Trains, and planes\n\nMore?",
			[]Item{{"Kitchens: who cooks?", ""}, {"Trains, and planes", ""}}},
		{"a list with dashes", "- Kitchens – who cooks\n- Trains — who pays\n- Beds—who snores", []Item{{"Kitchens", "who cooks"}, {"Trains", "who pays"}, {"Beds", "who snores"}}},
		{"numbers and two lists", "1. Kitchens\n2. Trains\n\nand\n\n* Beds", []Item{{"Kitchens", ""}, {"Trains", ""}, {"Beds", ""}}},
		{"tasks", "- [ ] Kitchens\n- [x] Trains", []Item{{"Kitchens", ""}, {"Trains", ""}}},
		{"what hangs below an item describes it", "- Kitchens\n  - soup\n  - bread\n\n  In the cellar.\n- Trains",
			[]Item{{"Kitchens", "- soup\n- bread\n\nIn the cellar."}, {"Trains", ""}}},
		{"a list wins over an introduction", "Not this:\n\nnor this\n\n- this", []Item{{"this", ""}}},
		{"quotations are somebody else's", "> - Kitchens\n\nNice.", nil},
		{"nothing is listed", "Just a thought. And another", nil},
		{"nothing follows", "Three themes:", nil},
		{"nothing at all", "", nil},
		{"not UTF-8", "- \xff", nil},
		{"empty items", "- a\n-\n- **\n- b", []Item{{"a", ""}, {"**", ""}, {"b", ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, Items(tt.source)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnIdeaIsDividedIntoTitleAndDescription(t *testing.T) {
	t.Parallel()
	words := strings.TrimSpace(strings.Repeat("many words ", 13))
	tests := []struct {
		name, idea string
		want       Item
	}{
		{"whole", "Shared kitchens", Item{"Shared kitchens", ""}},
		{"full stop", "Shared kitchens.", Item{"Shared kitchens", ""}},
		{"sentences", "Shared kitchens. Who cooks? We do.", Item{"Shared kitchens", "Who cooks? We do."}},
		{"a question stays one", "Who cooks? We do.", Item{"Who cooks?", "We do."}},
		{"an abbreviation ends nothing", "Fibre, e.g. cables", Item{"Fibre, e.g. cables", ""}},
		{"a hyphen is no dash", "Co-ops in 2019-2020", Item{"Co-ops in 2019-2020", ""}},
		{"a colon in a short idea", "Trains: who pays", Item{"Trains: who pays", ""}},
		{"a colon in a long idea", "Trains: " + words, Item{"Trains", words}},
		{"markdown", "**Shared** [kitchens](https://a.example) - *ours*", Item{"Shared kitchens", "*ours*"}},
		{"too long", words, Item{strings.Repeat("many words ", 10) + "many…", words}},
		{"a dash first", "— a", Item{"— a", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, newItem(tt.idea)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.idea, diff)
			}
		})
	}
}

func TestItemsEndSomewhere(t *testing.T) {
	t.Parallel()
	if got := len(Items(strings.Repeat("- a\n", 1000))); got != MaxItems {
		t.Errorf("%d items, want %d", got, MaxItems)
	}
}
