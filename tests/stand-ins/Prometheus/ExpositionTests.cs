using System.Text;
using FedOperator.Tests;

namespace Prometheus.Tests;

public sealed class ExpositionTests
{
    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();

    private MetricFactory Factory => Metrics.WithCustomRegistry(registry);

    [Fact]
    public async Task Text_is_written_as_the_format_says()
    {
        Factory.CreateCounter("sent_bytes_total", "Bytes sent.").Inc(3);
        var loss = Factory.CreateGauge("loss", "The loss.", ["client"]);
        loss.WithLabels("edge-0").Set(0.25);
        loss.WithLabels("a \"b\" \\ c\nd").Set(double.NaN);
        var duration = Factory.CreateHistogram("round_seconds", "How long.", ["kind"], new HistogramConfiguration { Buckets = [0.5, 1, 1e6] }).WithLabels("train");
        duration.Observe(0.5);
        duration.Observe(0.75, 2);
        duration.Observe(2e6);

        var text = await ExportAsync(registry);

        Assert.Equal("""
            # HELP sent_bytes_total Bytes sent.
            # TYPE sent_bytes_total counter
            sent_bytes_total 3
            # HELP loss The loss.
            # TYPE loss gauge
            loss{client="edge-0"} 0.25
            loss{client="a \"b\" \\ c\nd"} NaN
            # HELP round_seconds How long.
            # TYPE round_seconds histogram
            round_seconds_sum{kind="train"} 2000002
            round_seconds_count{kind="train"} 4
            round_seconds_bucket{kind="train",le="0.5"} 1
            round_seconds_bucket{kind="train",le="1"} 3
            round_seconds_bucket{kind="train",le="1000000"} 3
            round_seconds_bucket{kind="train",le="+Inf"} 4

            """.ReplaceLineEndings("\n"), text);
        await Promtool.AssertCleanAsync(text);
    }

    [Fact]
    public async Task Promtool_finds_a_bad_name_and_a_broken_line()
    {
        Factory.CreateGauge("waits_milliseconds", "Waiting.").Set(1);
        var (lint, said) = await Promtool.CheckAsync(await ExportAsync(registry));
        Assert.NotEqual(0, lint);
        Assert.Contains("use base unit", said, StringComparison.Ordinal);
        Assert.NotEqual(0, (await Promtool.CheckAsync("loss{client=\"a\n} 1\n")).ExitCode);
    }

    [Fact]
    public async Task Metrics_without_labels_are_exported_at_once_and_those_with_labels_when_they_are_used()
    {
        Factory.CreateCounter("a_total", "A.");
        Factory.CreateGauge("b", "B.", "x");
        var later = Factory.CreateGauge("c", "C.", new GaugeConfiguration { SuppressInitialValue = true });
        Assert.DoesNotContain("\nc 0", await ExportAsync(registry), StringComparison.Ordinal);
        later.Set(0);
        var text = await ExportAsync(registry);
        Assert.Contains("\na_total 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nc 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("b{", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_series_is_gone_and_starts_anew()
    {
        var drift = Factory.CreateGauge("drift", "Drift.", "client");
        drift.WithLabels("a").Set(1);
        drift.WithLabels("b").Set(2);
        drift.RemoveLabelled("a");
        Assert.Equal([["b"]], drift.GetAllLabelValues());
        Assert.DoesNotContain("client=\"a\"", await ExportAsync(registry), StringComparison.Ordinal);
        Assert.Equal(0, drift.WithLabels("a").Value);
    }

    [Fact]
    public void Wrong_uses_are_refused()
    {
        Factory.CreateCounter("n_total", "N.", "x");
        Assert.Throws<InvalidOperationException>(() => Factory.CreateGauge("n_total", "N.", "x"));
        Assert.Throws<ArgumentException>(() => Factory.CreateCounter("n_total", "N.", "x").WithLabels("1", "2"));
        Assert.Throws<ArgumentException>(() => Factory.CreateCounter("not-a-name", "N."));
        Assert.Throws<ArgumentException>(() => Factory.CreateCounter("m_total", "M.", "__reserved"));
        Assert.Throws<ArgumentException>(() => Factory.CreateHistogram("h", "H.", "le"));
        Assert.Throws<ArgumentException>(() => Factory.CreateHistogram("h", "H.", new HistogramConfiguration { Buckets = [1, 1] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Factory.CreateCounter("k_total", "K.").Inc(-1));
    }

    [Fact]
    public async Task Concurrent_observations_are_all_counted_while_others_collect()
    {
        var counter = Factory.CreateCounter("n_total", "N.", "thread");
        var gauge = Factory.CreateGauge("level", "Level.");
        var histogram = Factory.CreateHistogram("h", "H.", new HistogramConfiguration { Buckets = [0.5] });
        const int Threads = 8, Each = 20_000;
        var writers = Enumerable.Range(0, Threads).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                counter.WithLabels((i % 3).ToString(System.Globalization.CultureInfo.InvariantCulture)).Inc();
                gauge.Inc(0.5);
                histogram.Observe(t % 2);
                if (i % 100 == 0)
                    counter.RemoveLabelled($"never-{t}");
            }
        }, CancellationToken.None)).ToArray();
        while (!Task.WhenAll(writers).IsCompleted)
        {
            var lines = (await ExportAsync(registry)).Split('\n').ToDictionary(l => l.Split(' ')[0] is "#" ? l : l[..Math.Max(0, l.LastIndexOf(' '))], l => l[(l.LastIndexOf(' ') + 1)..], StringComparer.Ordinal);
            Assert.Equal(lines["h_count"], lines["h_bucket{le=\"+Inf\"}"]);
        }
        await Task.WhenAll(writers);
        Assert.Equal(Threads * Each, counter.GetAllLabelValues().Sum(l => counter.WithLabels(l).Value));
        Assert.Equal(Threads * Each / 2.0, gauge.Value);
        Assert.Equal(Threads * Each, histogram.Count);
        Assert.Equal(Threads / 2 * Each, histogram.Sum);
    }

    [Fact]
    public async Task Callbacks_run_before_a_collection_and_their_failures_do_not_end_it()
    {
        var gauge = Factory.CreateGauge("g", "G.");
        registry.AddBeforeCollectCallback(() => throw new InvalidOperationException("lost"));
        registry.AddBeforeCollectCallback(async _ =>
        {
            await Task.Yield();
            gauge.Inc();
        });
        await ExportAsync(registry);
        Assert.Contains("\ng 2\n", await ExportAsync(registry), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_registry_tells_of_the_process()
    {
        var text = await ExportAsync(Metrics.DefaultRegistry);
        foreach (var name in new[] { "process_cpu_seconds_total", "process_working_set_bytes", "process_start_time_seconds", "dotnet_total_memory_bytes", "dotnet_collection_count_total{generation=\"0\"}" })
            Assert.Contains($"\n{name} ", text, StringComparison.Ordinal);
        await Promtool.AssertCleanAsync(text);
    }

    internal static async Task<string> ExportAsync(CollectorRegistry registry)
    {
        using var stream = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
