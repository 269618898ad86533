package app

// Served lists every route of a server, as "METHOD /path".
func Served(s *Server) []string {
	var all []string
	for _, r := range s.edge.Echo.Routes() {
		all = append(all, r.Method+" "+r.Path)
	}
	return all
}
