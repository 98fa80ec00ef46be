package dedup_test

import (
	"bytes"
	"fmt"

	"github.com/qingliu/qingliu/dedup"
)

// Three documents go through all files; their ranks are their indexes.
func Example() {
	p := dedup.DefaultParams()
	poem := "春江潮水连海平，海上明月共潮生。滟滟随波千万里，何处春江无月明。江流宛转绕芳甸，月照花林皆似霰。" +
		"空里流霜不觉飞，汀上白沙看不见。江天一色无纤尘，皎皎空中孤月轮。江畔何人初见月，江月何年初照人。"
	texts := []string{
		poem,
		"大江东去，浪淘尽，千古风流人物。故垒西边，人道是，三国周郎赤壁。乱石穿空，惊涛拍岸，卷起千堆雪。江山如画，一时多少豪杰。遥想公瑾当年，小乔初嫁了，雄姿英发。",
		poem + "（转载）", // reprinted
	}
	rows := []uint32{0, 1, 2}
	sigs := make([]dedup.Signature, len(texts))
	signer := dedup.NewSigner(p)
	for i, text := range texts {
		signer.Sign(text, &sigs[i])
	}
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	file := func(b *bytes.Buffer) dedup.File {
		return dedup.File{R: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
	}

	var bands, sketches, ranked, edges, verified, clusters bytes.Buffer
	check(dedup.WriteBands(&bands, p, rows, sigs))
	check(dedup.WriteSketches(&sketches, p, rows, sigs))

	rank := func(row uint32) (uint32, bool) { return row, true }
	sf, err := dedup.OpenSketches(file(&sketches).R, file(&sketches).Size, p)
	check(err)
	check(dedup.RankSketches(&ranked, 3, []dedup.SketchInput{{Sketches: sf, Rank: rank}}, dedup.Options{}))

	var units []dedup.Unit
	for band := range p.Bands {
		units = append(units, dedup.Unit{Band: band, Part: 0, Parts: 1})
	}
	bf, err := dedup.OpenBands(file(&bands).R, file(&bands).Size, p)
	check(err)
	_, err = dedup.Group(&edges, p, units, []dedup.GroupInput{{Bands: bf, Rank: rank}}, dedup.Options{})
	check(err)
	_, err = dedup.Compare(&verified, p, 0, 3, []dedup.File{file(&edges)}, file(&ranked).R, dedup.Options{})
	check(err)
	_, err = dedup.Cluster(&clusters, p, 3, []dedup.File{file(&verified)}, file(&ranked).R, dedup.Options{})
	check(err)

	c, err := dedup.OpenClusters(file(&clusters).R, file(&clusters).Size, p)
	check(err)
	for r := range c.Len() {
		m, err := c.Get(r)
		check(err)
		fmt.Printf("%d kept as %d, cluster of %d, similarity %.2f\n", r, m.Keeper, m.Size, p.Estimate(m.Matches))
	}
	// Output:
	// 0 kept as 0, cluster of 2, similarity 1.00
	// 1 kept as 1, cluster of 1, similarity 1.00
	// 2 kept as 0, cluster of 2, similarity 0.98
}
