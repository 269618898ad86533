package notify_test

import "plenary/pkg/page"

var firstPage page.Page
