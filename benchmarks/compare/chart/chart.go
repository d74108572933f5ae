// Package chart draws what the benchmarks measured.
package chart

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// A Bar is one measured value with its name.
type Bar struct {
	Name  string
	Value float64
}

// Save draws the bars from top to bottom, each with its value, into a file
// whose extension gives the format: .svg or .png.
func Save(path, title, unit string, bars []Bar) error {
	p := plot.New()
	p.Title.Text = title
	p.X.Label.Text = unit
	p.X.Min = 0
	var values plotter.Values
	var names []string
	labels := plotter.XYLabels{}
	for i := len(bars) - 1; i >= 0; i-- { // the vertical axis grows upwards
		labels.XYs = append(labels.XYs, plotter.XY{X: bars[i].Value, Y: float64(len(values))})
		labels.Labels = append(labels.Labels, fmt.Sprintf(" %.4g", bars[i].Value))
		values = append(values, bars[i].Value)
		names = append(names, bars[i].Name)
	}
	const thick = 10
	chart, err := plotter.NewBarChart(values, vg.Points(thick))
	if err != nil {
		return fmt.Errorf("chart %s: %w", path, err)
	}
	chart.Horizontal = true
	chart.Color = color.RGBA{R: 0x33, G: 0x66, B: 0x99, A: 0xff}
	chart.LineStyle.Width = 0
	texts, err := plotter.NewLabels(labels)
	if err != nil {
		return fmt.Errorf("chart %s: %w", path, err)
	}
	for i := range texts.TextStyle {
		texts.TextStyle[i].YAlign = -0.5
	}
	p.Add(chart, texts)
	p.NominalY(names...)
	p.X.Max *= 1.1 // room for the longest bar's value
	if err := p.Save(6*vg.Inch, vg.Points(float64(80+len(bars)*thick*16/10)), path); err != nil {
		return fmt.Errorf("chart %s: %w", path, err)
	}
	return nil
}
