package mydata

// section is a part of an export: the rows of one query about the person @me.
// Its name stands in data.json, and its title in the page.
type section struct {
	name  string
	query string
	gives []string // the columns naming a person that it answers for
}

// sections is what is given. Secrets are not: they would be of use to whoever
// finds the file, and say nothing about the person.
var sections = []section{
	{"account", `SELECT id, handle, name, affiliation, pronouns, email, email_confirmed_at, administrator, time_zone, language, created_at,
		waiting_since, sign_up_note, disabled_at, disabled_reason, totp_since AS second_factor_since, imported_from FROM people WHERE id = @me`, nil},
	{"merged_accounts", "SELECT id, handle, name, affiliation, imported_from, created_at FROM people WHERE linked_to = @me ORDER BY id", []string{"people.linked_to"}},
	{"old_handles", "SELECT handle, created_at FROM old_handles WHERE kind = 'person' AND target_id = @me ORDER BY created_at", []string{"old_handles.target_id"}},
	{"sessions", "SELECT device, method, created_at, last_used_at, expires_at FROM sessions WHERE person_id = @me ORDER BY id", []string{"sessions.person_id"}},
	{"api_tokens", "SELECT name, scopes, created_at, last_used_at, expires_at FROM api_tokens WHERE person_id = @me ORDER BY id", []string{"api_tokens.person_id"}},
	{"passkeys", "SELECT name, created_at, last_used_at FROM passkeys WHERE person_id = @me ORDER BY id", []string{"passkeys.person_id"}},
	{"identities", `SELECT p.name AS provider, i.subject, i.email, i.created_at, i.last_used_at FROM identities AS i JOIN providers AS p ON p.id = i.provider_id
		WHERE i.person_id = @me ORDER BY i.created_at`, []string{"identities.person_id"}},
	{"email_changes", "SELECT new_email, old_confirmed_at, new_confirmed_at, created_at, expires_at FROM email_changes WHERE person_id = @me", []string{"email_changes.person_id"}},
	{"sent_links", "SELECT purpose, email, created_at, expires_at, used_at FROM mail_codes WHERE person_id = @me ORDER BY id", []string{"mail_codes.person_id"}},
	{"mails", "SELECT kind, address, created_at, sent_at FROM mails WHERE person_id = @me ORDER BY id", []string{"mails.person_id"}},
	{"exports", "SELECT asked_at, made_at, expires_at, size FROM exports WHERE person_id = @me ORDER BY id", []string{"exports.person_id"}},

	{"memberships", `SELECT g.handle AS "group", g.name, m.role, m.title, m.delegate, m.votes, m.created_at FROM memberships AS m JOIN groups AS g ON g.id = m.group_id
		WHERE m.person_id = @me ORDER BY m.created_at`, []string{"memberships.person_id"}},
	{"groups_made", "SELECT id, handle, created_at FROM groups WHERE created_by = @me ORDER BY id", []string{"groups.created_by"}},
	{"join_requests", `SELECT group_id, question, answer, created_at, decision, decided_at, note FROM join_requests WHERE person_id = @me ORDER BY id`, []string{"join_requests.person_id"}},
	{"bans", "SELECT group_id, reason, created_at FROM bans WHERE person_id = @me ORDER BY created_at", []string{"bans.person_id"}},
	{"invitations_made", "SELECT group_id, email, role, created_at, expires_at, revoked_at, max_uses, uses FROM invitations WHERE created_by = @me ORDER BY id", []string{"invitations.created_by"}},
	{"invitations_accepted", "SELECT group_id, role, accepted_at FROM invitations WHERE accepted_by = @me ORDER BY id", []string{"invitations.accepted_by"}},
	{"guest_of", "SELECT thread_id, created_at FROM thread_guests WHERE person_id = @me ORDER BY created_at", []string{"thread_guests.person_id"}},

	{"threads", "SELECT id, group_id, poll_id, title, body, visibility, created_at, edited_at, closed_at FROM threads WHERE author_id = @me ORDER BY id", []string{"threads.author_id"}},
	{"thread_versions", "SELECT thread_id, version, title, body, at FROM thread_versions WHERE editor_id = @me ORDER BY at", []string{"thread_versions.editor_id"}},
	{"threads_closed", "SELECT id, closed_at, close_reason FROM threads WHERE closed_by = @me ORDER BY id", []string{"threads.closed_by"}},
	{"threads_shared", "SELECT thread_id, group_id, created_at FROM thread_groups WHERE shared_by = @me ORDER BY created_at", []string{"thread_groups.shared_by"}},
	{"comments", "SELECT id, thread_id, theme_id, parent_id, body, created_at, edited_at, deleted_at FROM comments WHERE author_id = @me ORDER BY id", []string{"comments.author_id"}},
	{"comment_versions", "SELECT comment_id, version, body, at FROM comment_versions WHERE editor_id = @me ORDER BY at", []string{"comment_versions.editor_id"}},
	{"reactions", "SELECT comment_id, emoji, created_at FROM reactions WHERE person_id = @me ORDER BY created_at", []string{"reactions.person_id"}},
	{"mentions", "SELECT comment_id, created_at FROM mentions WHERE person_id = @me ORDER BY created_at", []string{"mentions.person_id"}},
	{"read_states", "SELECT thread_id, seq, seen_at FROM read_states WHERE person_id = @me ORDER BY seen_at", []string{"read_states.person_id"}},
	{"files", "SELECT id, thread_id, name, media_type, size, created_at FROM files WHERE owner_id = @me ORDER BY id", []string{"files.owner_id"}},

	{"themes", "SELECT id, thread_id, title, description, quote, state, created_at, edited_at FROM themes WHERE proposer_id = @me ORDER BY id", []string{"themes.proposer_id"}},
	{"theme_versions", "SELECT theme_id, version, title, description, at FROM theme_versions WHERE editor_id = @me ORDER BY at", []string{"theme_versions.editor_id"}},
	{"theme_decisions", "SELECT id, state, state_reason, state_at FROM themes WHERE state_by = @me ORDER BY id", []string{"themes.state_by"}},
	{"theme_supports", "SELECT theme_id, created_at, via_merge FROM theme_supports WHERE person_id = @me ORDER BY created_at", []string{"theme_supports.person_id"}},
	{"themes_put_forward", "SELECT id, thread_id, title, credit, created_at FROM themes WHERE put_by = @me ORDER BY id", []string{"themes.put_by"}},
	{"themes_together", "SELECT theme_id, asked_at, answer, answered_at FROM theme_proposers WHERE person_id = @me ORDER BY asked_at, theme_id", []string{"theme_proposers.person_id"}},
	{"theme_proposers_asked", "SELECT theme_id, asked_at, answer FROM theme_proposers WHERE asked_by = @me ORDER BY asked_at, theme_id", []string{"theme_proposers.asked_by"}},
	{"theme_merges_suggested", "SELECT id, kind, theme_id, into_id, state, reason, suggested_at FROM theme_merges WHERE suggested_by = @me ORDER BY id", []string{"theme_merges.suggested_by"}},
	{"theme_merges_decided", "SELECT id, kind, theme_id, into_id, state, decision, decided_at FROM theme_merges WHERE decided_by = @me ORDER BY id", []string{"theme_merges.decided_by"}},
	{"theme_merge_answers", "SELECT merge_id, answer, at FROM theme_merge_answers WHERE person_id = @me ORDER BY at, merge_id", []string{"theme_merge_answers.person_id"}},
	{"themes_kept_apart", "SELECT one_id, other_id, at FROM theme_apart WHERE by_id = @me ORDER BY at, one_id, other_id", []string{"theme_apart.by_id"}},
	{"theme_rules", "SELECT thread_id, opens_at, closes_at, themes_per_person, supports_per_person, changed_at FROM theme_rules WHERE changed_by = @me ORDER BY thread_id", []string{"theme_rules.changed_by"}},

	{"polls", "SELECT id, thread_id, title, details, method, state, created_at, opened_at, closes_at, closed_at FROM polls WHERE author_id = @me ORDER BY id", []string{"polls.author_id"}},
	{"polls_closed", "SELECT id, closed_at FROM polls WHERE closed_by = @me ORDER BY id", []string{"polls.closed_by"}},
	{"electorates", `SELECT v.poll_id, p.title, p.state, p.opened_at, p.closed_at, v.weight, v.source, v.pseudonym, v.added_at, v.removed_at, v.voted_at, v.undecided_at FROM poll_voters AS v JOIN polls AS p ON p.id = v.poll_id
		WHERE v.person_id = @me ORDER BY v.poll_id`, []string{"poll_voters.person_id"}},
	{"ballots", "SELECT id, poll_id, choices, reason, reasons, weight, revision, receipt, record, cast_at FROM ballots WHERE voter_id = @me ORDER BY id", []string{"ballots.voter_id"}},
	{"ballot_revisions", `SELECT r.ballot_id, r.revision, r.choices, r.reason, r.cast_at FROM ballot_revisions AS r JOIN ballots AS b ON b.id = r.ballot_id
		WHERE b.voter_id = @me ORDER BY r.cast_at`, nil},
	{"options", `SELECT o.poll_id, o.id, o.label FROM poll_options AS o JOIN ballots AS b ON b.poll_id = o.poll_id
		WHERE b.voter_id = @me ORDER BY o.poll_id, o.position`, nil},
	{"ballots_cast_for_others", "SELECT id, poll_id, cast_at FROM ballots WHERE cast_by = @me ORDER BY id", []string{"ballots.cast_by"}},
	{"revisions_cast_for_others", "SELECT ballot_id, revision, cast_at FROM ballot_revisions WHERE cast_by = @me ORDER BY ballot_id, revision", []string{"ballot_revisions.cast_by"}},
	{"options_added", "SELECT id, poll_id, label, description, file_id, picture_alt, added_at FROM poll_options WHERE added_by = @me ORDER BY id", []string{"poll_options.added_by"}},
	{"guest_of_polls", "SELECT poll_id, email, weight, created_at, revoked_at FROM poll_guests WHERE person_id = @me ORDER BY id", []string{"poll_guests.person_id"}},
	{"named_voter", "SELECT poll_id FROM poll_named WHERE person_id = @me ORDER BY poll_id", []string{"poll_named.person_id"}},
	{"delegations_given", "SELECT group_id, poll_id, to_id, created_at, ended_at FROM delegations WHERE from_id = @me ORDER BY id", []string{"delegations.from_id"}},
	{"delegations_held", "SELECT group_id, poll_id, from_id, created_at, ended_at FROM delegations WHERE to_id = @me ORDER BY id", []string{"delegations.to_id"}},
	{"poll_mails", "SELECT group_id, wants FROM poll_mails WHERE person_id = @me ORDER BY group_id", []string{"poll_mails.person_id"}},
	{"poll_templates", "SELECT id, group_id, name, description, settings, created_at FROM poll_templates WHERE created_by = @me ORDER BY id", []string{"poll_templates.created_by"}},
	{"reasons_hidden", "SELECT poll_id, why, hidden_at FROM hidden_reasons WHERE hidden_by = @me ORDER BY hidden_at, reason", []string{"hidden_reasons.hidden_by"}},
	{"outcomes", "SELECT poll_id, statement, review_on, created_at, edited_at FROM outcomes WHERE author_id = @me ORDER BY id", []string{"outcomes.author_id"}},

	{"programmes", "SELECT id, thread_id, title, description, place, link, time_zone, template, created_at, edited_at FROM programmes WHERE created_by = @me ORDER BY id", []string{"programmes.created_by"}},
	{"programme_versions", "SELECT programme_id, version, title, note, at FROM programme_versions WHERE by_id = @me ORDER BY at, programme_id, version", []string{"programme_versions.by_id"}},
	{"sessions_proposed", "SELECT id, programme_id, title, description, state, created_at, edited_at FROM programme_sessions WHERE proposed_by = @me ORDER BY id", []string{"programme_sessions.proposed_by"}},
	{"parts_in_sessions", "SELECT x.session_id, s.programme_id, s.title, x.part FROM programme_session_people AS x JOIN programme_sessions AS s ON s.id = x.session_id WHERE x.person_id = @me ORDER BY x.id", []string{"programme_session_people.person_id"}},
	{"session_material", "SELECT session_id, title, link, added_at FROM programme_material WHERE added_by = @me ORDER BY id", []string{"programme_material.added_by"}},
	{"session_sign_ups", "SELECT n.session_id, s.programme_id, s.title, n.place, n.waiting, n.at, n.came FROM programme_signups AS n JOIN programme_sessions AS s ON s.id = n.session_id WHERE n.person_id = @me ORDER BY n.at, n.session_id", []string{"programme_signups.person_id"}},
	{"programme_calendars", "SELECT programme_id, created_at FROM programme_calendars WHERE person_id = @me ORDER BY created_at", []string{"programme_calendars.person_id"}},

	{"notifications", "SELECT kind, at, thread_id, subject_id, read_at, put_away_at FROM events WHERE place = 'person' AND topic_id = @me AND kind <> 'inbox.changed' ORDER BY seq", []string{"events.topic_id"}},
	{"doings", "SELECT kind, at, place, thread_id, subject_id FROM events WHERE actor_id = @me ORDER BY at, place, topic_id, seq", []string{"events.actor_id"}},
}

// leftOut are the columns naming a person that an export does not give, each
// with its reason.
var leftOut = map[string]string{
	"recovery_codes.person_id":  "a secret, of which only a hash is kept",
	"flows.person_id":           "a sign-in that is under way, for some minutes",
	"once_keys.person_id":       "answers that are kept for two days, of things given elsewhere",
	"comments.deleted_by":       "says who removed another's comment; one's own doings are given as events",
	"people.disabled_by":        "an administrator's act on another's account",
	"bans.banned_by":            "a moderator's act on another's membership",
	"join_requests.decided_by":  "a moderator's act on another's request",
	"providers.created_by":      "an administrator's setting of the forum",
	"thread_guests.invited_by":  "says something about the guest",
	"poll_guests.invited_by":    "says something about the guest",
	"programme_signups.came_by": "says something about who came",
	"programme_tellings.by_id":  "whom not to write to of their own doing, until the letters are written",
	"poll_tellings.by_id":       "whom not to write to of their own doing, until the letters are written",
}
