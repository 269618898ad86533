package theme_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// rule sets the rules of the stage's thread.
func (s *stage) rule(in theme.NewRules) theme.Rules {
	s.t.Helper()
	out, err := s.themes.SetRules(s.t.Context(), s.mo, s.thread, in)
	if err != nil {
		s.t.Fatalf("set the rules: %v", err)
	}
	return out
}

func TestRulesAreSetByWhoConvenesAndTold(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		if none, err := s.themes.Rules(t.Context(), s.eve, s.thread); err != nil || none.NewRules != (theme.NewRules{}) || none.ChangedAt != nil {
			t.Errorf("before any are set: %+v, %v", none, err)
		}
		end := start.Add(48 * time.Hour)
		want := theme.NewRules{ClosesAt: &end, ThemesPerPerson: 2, SupportsPerPerson: 3}
		for range 2 { // the same rules again are no change
			got := s.rule(want)
			if !got.ClosesAt.Equal(end) || got.OpensAt != nil || got.ThemesPerPerson != 2 || got.SupportsPerPerson != 3 || got.ChangedBy.Handle != "mo" || got.ChangedAt == nil {
				t.Errorf("got %+v", got)
			}
		}
		told := s.events(event.ThemeRulesChanged)
		if len(told) != 1 || told[0].Actor != s.mo.Person || told[0].Item == 0 || told[0].Subject != s.thread || !strings.Contains(string(told[0].Data), `"themes_per_person":2`) {
			t.Errorf("told %+v", told)
		}
		for _, c := range []struct {
			name string
			who  access.Actor
			in   theme.NewRules
			want string
		}{
			{"a member", s.ben, theme.NewRules{}, "forbidden access.needs_moderator"},
			{"a visitor", access.Visitor(), theme.NewRules{}, "unauthenticated access.sign_in"},
			{"an end before the beginning", s.mo, theme.NewRules{OpensAt: &end, ClosesAt: &end}, "invalid closes_at=theme.closes_before_opening"},
			{"numbers out of bounds", s.mo, theme.NewRules{ThemesPerPerson: -1, SupportsPerPerson: 1001}, "invalid supports_per_person=field.between themes_per_person=field.between"},
		} {
			_, err := s.themes.SetRules(t.Context(), c.who, s.thread, c.in)
			wantSaid(t, c.name, err, c.want)
		}
		if n := s.number("SELECT COUNT(*) FROM theme_rules WHERE themes_per_person = 2"); n != 1 {
			t.Errorf("%d rules after the refusals", n)
		}
	})
}

func TestThemesAreTakenInTheirTimeOnly(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		opens, closes := start.Add(time.Hour), start.Add(2*time.Hour)
		s.rule(theme.NewRules{OpensAt: &opens, ClosesAt: &closes})
		for _, c := range []struct {
			name string
			at   time.Time
			want string
		}{
			{"a moment before it begins", opens.Add(-time.Microsecond), "conflict theme.window_before"},
			{"as it begins", opens, "yes"},
			{"a moment before it ends", closes.Add(-time.Microsecond), "yes"},
			{"as it ends", closes, "conflict theme.window_ended"},
		} {
			s.clock.Set(c.at)
			for _, who := range []access.Actor{s.ben, s.mo} {
				_, err := s.themes.Propose(t.Context(), who, s.thread, []theme.NewTheme{{Title: "Boats"}})
				wantSaid(t, c.name, err, c.want)
			}
		}
		_, err := s.themes.Propose(t.Context(), s.ben, s.thread, []theme.NewTheme{{Title: "Boats"}})
		if e, ok := errors.AsType[*errs.Error](err); !ok || e.Args["At"] != closes.Format(time.RFC3339) {
			t.Errorf("the refusal does not say when it ended: %v", err)
		}
		later := closes.Add(time.Hour)
		s.rule(theme.NewRules{ClosesAt: &later})
		s.propose(s.ben, "Boats, in the time that was added")
	})
}

func TestNobodyHasMoreThemesThanTheRulesAllow(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.rule(theme.NewRules{ThemesPerPerson: 2})
		propose := func(who access.Actor, in ...theme.NewTheme) error {
			_, err := s.themes.Propose(t.Context(), who, s.thread, in)
			return err
		}
		wantSaid(t, "three at once", propose(s.ben, theme.NewTheme{Title: "a"}, theme.NewTheme{Title: "b"}, theme.NewTheme{Title: "c"}), "conflict theme.limit")
		bens := s.propose(s.ben, "Boats", "Nets")
		wantSaid(t, "a third", propose(s.ben, theme.NewTheme{Title: "c"}), "conflict theme.limit")
		wantSaid(t, "a third through the convenor", propose(s.mo, theme.NewTheme{Title: "c", For: "ben"}), "conflict theme.limit_of_other")
		wantSaid(t, "one for who has none", propose(s.mo, theme.NewTheme{Title: "c", For: "@Cleo"}), "yes")
		wantSaid(t, "one for a name without an account", propose(s.mo, theme.NewTheme{Title: "d", Credit: "Ida"}, theme.NewTheme{Title: "e", Credit: "Ida"}, theme.NewTheme{Title: "f", Credit: "Ida"}), "yes")
		wantSaid(t, "the convenor's own two", propose(s.mo, theme.NewTheme{Title: "g"}, theme.NewTheme{Title: "h"}), "yes")
		if _, err := s.themes.Decline(t.Context(), s.mo, bens[0].ID, "Too wide"); err != nil {
			t.Fatal(err)
		}
		wantSaid(t, "in the place of a declined one", propose(s.ben, theme.NewTheme{Title: "c"}), "yes")
		wantSaid(t, "and no more", propose(s.ben, theme.NewTheme{Title: "d"}), "conflict theme.limit")
	})
}

func TestTheLimitOfThemesHoldsHoweverFastTheyCome(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.rule(theme.NewRules{ThemesPerPerson: 3})
		var wg sync.WaitGroup
		var there atomic.Int32
		for range 20 {
			wg.Go(func() {
				_, err := s.themes.Propose(t.Context(), s.ben, s.thread, []theme.NewTheme{{Title: "Boats"}})
				switch said(err) {
				case "yes":
					there.Add(1)
				case "conflict theme.limit":
				default:
					t.Errorf("said %v", err)
				}
			})
		}
		wg.Wait()
		if n := s.number("SELECT COUNT(*) FROM themes"); n != 3 || there.Load() != 3 {
			t.Errorf("%d themes, %d were told that theirs is there", n, there.Load())
		}
	})
}

func TestAHundredPeopleSupportInTheSameSecond(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.rule(theme.NewRules{SupportsPerPerson: 1})
		both := s.propose(s.ben, "Boats", "Nets")
		people := make([]access.Actor, 100)
		for i := range people {
			people[i] = s.person("p"+string(rune('a'+i/26))+string(rune('a'+i%26)), access.Member)
		}
		var wg sync.WaitGroup
		var refused atomic.Int32
		support := func(who access.Actor, of theme.Theme) {
			wg.Go(func() {
				switch _, err := s.themes.Support(t.Context(), who, of.ID); said(err) {
				case "yes":
				case "conflict theme.support_limit":
					refused.Add(1)
				default:
					t.Errorf("said %v", err)
				}
			})
		}
		for _, who := range people { // everybody both at once, and one of them twice
			support(who, both[0])
			support(who, both[1])
			support(who, both[0])
		}
		wg.Wait()
		rows, told := s.number("SELECT COUNT(*) FROM theme_supports"), len(s.events(event.ThemeSupported))
		counted := s.again(s.ben, both[0]).SupportCount + s.again(s.ben, both[1]).SupportCount
		if rows != 100 || counted != 100 || told != 100 {
			t.Errorf("%d supports, %d counted, %d told, want 100 each", rows, counted, told)
		}
		if n := s.number("SELECT COUNT(*) FROM (SELECT person_id FROM theme_supports GROUP BY person_id HAVING COUNT(*) > 1) AS x"); n != 0 {
			t.Errorf("%d people support more than one", n)
		}
		if n := refused.Load(); n < 100 {
			t.Errorf("%d were refused, want one for each person at least", n)
		}
	})
}

func TestARefusedSupportNamesWhatCanBeTakenBack(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.rule(theme.NewRules{SupportsPerPerson: 2})
		all := s.propose(s.ben, "Boats", "Nets", "Ropes")
		support := func(th theme.Theme) error { return errorOf(s.themes.Support(t.Context(), s.cleo, th.ID)) }
		wantSaid(t, "the first", support(all[0]), "yes")
		s.clock.Set(start.Add(time.Minute))
		wantSaid(t, "the second", support(all[1]), "yes")
		wantSaid(t, "the second again", support(all[1]), "yes")
		err := support(all[2])
		wantSaid(t, "the third", err, "conflict theme.support_limit")
		if e, ok := errors.AsType[*errs.Error](err); !ok || e.Args["Titles"] != "“Boats”, “Nets”" || e.Args["Max"] != 2 {
			t.Errorf("the refusal says %v", err)
		}
		if _, err := s.themes.Unsupport(t.Context(), s.cleo, all[0].ID); err != nil {
			t.Fatal(err)
		}
		wantSaid(t, "the third in the place of the first", support(all[2]), "yes")
		if _, err := s.themes.Schedule(t.Context(), s.mo, all[1].ID); err != nil {
			t.Fatal(err)
		}
		wantSaid(t, "one more, as one is scheduled and cannot be taken back", support(all[0]), "yes")
	})
}
