package live

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// hearRoster takes what another process tells of who is with it.
func (f *feed) hearRoster(message []byte) {
	var told roster
	if err := json.Unmarshal(message, &told); err != nil {
		f.hub.cfg.Log.Warn("live: unreadable roster on the bus", "topic", f.topic, "error", err)
		return
	}
	if told.Node == f.hub.cfg.Node {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room.hear(told, time.Now())
	f.kick()
}

// writing shows a person as writing.
func (f *feed) writing(id int64, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room.write(id, now.Add(writingFor))
	f.kick()
}

// present tells who is here, to the readers and to the other processes, where
// that is due.
func (f *feed) present(now time.Time) {
	readers, message, err := f.whatIsDue(now)
	for _, c := range readers {
		c.nudge()
	}
	if err != nil {
		f.hub.cfg.Log.Error("live: presence cannot be told", "topic", f.topic, "error", err)
	}
	if message != nil {
		f.hub.publish(hereSubject(f.topic), message)
	}
}

// whatIsDue gives the readers to whom there is something new to tell, and the
// message to the other processes where there is one.
func (f *feed) whatIsDue(now time.Time) (readers []*conn, message []byte, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room.expire(now)
	news, err := f.room.refresh(f.topic, now)
	if news {
		readers = slices.Collect(maps.Keys(f.readers))
	}
	if err == nil {
		message, err = f.room.announcement(f.hub.cfg.Node, now)
	}
	return readers, message, err
}

// whoIsHere gives the newest message about who is here, with its version.
func (f *feed) whoIsHere(named bool) (uint64, frame) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if named {
		return f.room.version, f.room.named
	}
	return f.room.version, f.room.counted
}

// farewell tells the other processes that nobody is here any more, where they
// had been told of somebody.
func (f *feed) farewell() {
	f.mu.Lock()
	told := !f.room.told.IsZero()
	f.mu.Unlock()
	if !told {
		return
	}
	message, err := json.Marshal(roster{Node: f.hub.cfg.Node})
	if err == nil {
		f.hub.publish(hereSubject(f.topic), message)
	}
}
