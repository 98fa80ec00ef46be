package weburl

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Host returns the host of an http address in lower case (ASCII letters), without
// port, user name and dot at the end; an IPv6 address keeps its brackets, an
// international name the spelling it was given. It is "" if there is no host.
func Host(raw string) string {
	u, ok := split(clean(raw))
	if !ok {
		return ""
	}
	for i := 0; i < len(u.host); i++ {
		if c := u.host[i]; c >= 'A' && c <= 'Z' {
			b := []byte(u.host)
			for j := i; j < len(b); j++ {
				b[j] = lower(b[j])
			}
			return string(b)
		}
	}
	return strings.Clone(u.host) // a page's host must not keep its whole record
}

// Site returns the registrable domain of a host as Host gives it, by the public
// suffix list with its private part: example.com.cn, user.github.io. It returns
// host itself for an IP address, a public suffix, a top level domain that is not
// on the list and a malformed or overlong name.
func Site(host string) string {
	const maxHost = 4 * 253 // bytes: RFC 1035, and up to four for a letter
	if host == "" || len(host) > maxHost || host[0] == '[' || host[len(host)-1] >= '0' && host[len(host)-1] <= '9' && isIP(host) {
		return host
	}
	name := host
	for i := 0; i < len(host); i++ {
		if host[i] >= 0x80 {
			var err error
			if name, err = idna.Lookup.ToASCII(host); err != nil {
				return host
			}
			break
		}
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	if !icann && strings.IndexByte(suffix, '.') < 0 {
		return host
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return host
	}
	if name == host {
		return site
	}
	// The same number of labels, in the spelling of the page.
	cut := len(host)
	for range strings.Count(site, ".") + 1 {
		cut = strings.LastIndexByte(host[:cut], '.')
		if cut < 0 {
			return host
		}
	}
	return host[cut+1:]
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
