package weburl_test

import (
	"fmt"

	"github.com/qingliu/qingliu/internal/weburl"
)

func ExampleCanonical() {
	const u = "https://www.Example.com.cn:443/news/index.html?id=7&from=timeline#top"
	fmt.Println(weburl.CanonicalV1(u))
	fmt.Println(weburl.Canonical(u))
	fmt.Println(weburl.Host(u), weburl.Site(weburl.Host(u)))
	// Output:
	// http://www.example.com.cn/news/index.html?id=7&from=timeline
	// http://example.com.cn/news?id=7
	// www.example.com.cn example.com.cn
}
