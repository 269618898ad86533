package app

// Served lists every route of a server, as "METHOD /path".
func Served(s *Server) []string { return s.edge.Served() }
