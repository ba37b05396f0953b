namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>Kills of a job's processes at named writes, each once.</summary>
internal sealed class Kills
{
    private readonly IReadOnlyDictionary<(string Process, string Point, int Occurrence), string> _markers;

    /// <param name="job">Keeps the markers.</param>
    /// <param name="when">`before` or `after` the write.</param>
    /// <param name="points">By process: at which write, and at which of its kind.</param>
    public Kills(TestJob job, string when, IReadOnlyList<(string Process, string Point, int Occurrence)> points)
    {
        _markers = points.ToDictionary(p => p, p => job.Beside($"killed-{p.Process}-{p.Point.Replace('/', '-')}"));
        Switches = points.GroupBy(p => p.Process).ToDictionary(g => g.Key, g => string.Join(';', g.Select(p => $"{p.Point}:{when}:{p.Occurrence}:{_markers[p]}")), StringComparer.Ordinal);
    }

    /// <summary>For <see cref="TestRun.StartAsync"/>.</summary>
    public IReadOnlyDictionary<string, string> Switches { get; }

    /// <summary>Every one of them struck.</summary>
    public void AssertAllStruck(TestRun run)
    {
        foreach (var (point, marker) in _markers)
            Assert.True(File.Exists(marker), $"{point} was not hit\n" + run.Logs());
    }

    /// <summary>Each process was started once more for each of its kills.</summary>
    public void AssertRestarts(TestRun run)
    {
        Assert.Equal(1 + _markers.Keys.Count(p => p.Process == "aggregator"), run.Aggregator.Starts);
        Assert.Equal(1 + _markers.Keys.Count(p => p.Process == "site-0"), run.Clients[0].Starts);
    }
}
