package person

// CountHashes calls count before each derivation of a key.
func (p *People) CountHashes(count func()) {
	derive := p.hasher.derive
	p.hasher.derive = func(password, salt []byte, c Cost) []byte {
		count()
		return derive(password, salt, c)
	}
}

// FillQueue takes n places among those who hash or wait, and returns how to
// leave them.
func (p *People) FillQueue(n int) (leave func()) {
	for range n {
		p.hasher.present <- struct{}{}
	}
	return func() {
		for range n {
			<-p.hasher.present
		}
	}
}

// Hashing is how many passwords are being hashed or wait for it.
func (p *People) Hashing() int { return len(p.hasher.present) }

// CommonPasswords are those of the list.
func CommonPasswords() []string { return commonPasswords }
