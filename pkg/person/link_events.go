package person

// events makes one of both in sessions: where both come to one, the better seat is
// kept, and where both speak in it or host it, they do so once.
func (l link) events() error {
	return l.exec(
		`UPDATE programme_signups SET waiting = FALSE WHERE person_id = @to AND session_id IN
			(SELECT n.session_id FROM programme_signups AS n WHERE n.person_id = @from AND NOT n.waiting)`,
		"DELETE FROM programme_signups WHERE person_id = @from AND session_id IN (SELECT n.session_id FROM programme_signups AS n WHERE n.person_id = @to)",
		"UPDATE programme_signups SET person_id = @to WHERE person_id = @from",
		"DELETE FROM programme_calendars WHERE person_id = @from AND programme_id IN (SELECT c.programme_id FROM programme_calendars AS c WHERE c.person_id = @to)",
		"UPDATE programme_calendars SET person_id = @to WHERE person_id = @from",
		`DELETE FROM programme_session_people WHERE person_id = @from AND EXISTS (SELECT 1 FROM programme_session_people AS x
			WHERE x.session_id = programme_session_people.session_id AND x.part = programme_session_people.part AND x.person_id = @to)`,
		"UPDATE programme_session_people SET person_id = @to WHERE person_id = @from")
}
