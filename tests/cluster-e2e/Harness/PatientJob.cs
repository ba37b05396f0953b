using System.Globalization;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>The chart, with credentials that live for ten minutes, and a job that waits for a silo meanwhile: for all tests of a class.</summary>
public sealed class PatientJob(Workplace place) : IAsyncLifetime
{
    private readonly InstalledOperator _installed = new();
    private JobRun? _waiting;

    /// <summary>The release.</summary>
    internal Release Release => _installed.Release;

    /// <summary>Two clients with pods, and `silo`, which is external and has not come yet.</summary>
    internal JobRun Waiting => _waiting ?? throw new InvalidOperationException("not started");

    /// <summary>When the credentials end that its pods started with.</summary>
    internal DateTimeOffset FirstEnd { get; private set; }

    public async Task InitializeAsync()
    {
        // A third of that is left for an operator that is killed, a store that is away, and kubelets, which bring a Secret's change into pods within a minute and a half.
        await _installed.InstallAsync(",credentialLifetime=10m");
        var manifest = await File.ReadAllTextAsync(Programs.Source("tests/cluster-e2e/Manifests/small.yaml"));
        const string Clients = "  clients: [{name: site, replicas: 2}]\n";
        Assert.Contains(Clients, manifest, StringComparison.Ordinal);
        manifest = manifest.Replace(Clients, "  clients: [{name: site, replicas: 2}, {name: silo, external: true}]\n  startupDeadlineSeconds: 3600\n", StringComparison.Ordinal);
        _waiting = await JobRun.StartAsync(place, "patient", manifest);
        await Waiting.RunningPodAsync("site-0");
        FirstEnd = await EndAsync();
    }

    public async Task DisposeAsync()
    {
        if (_waiting is not null)
            await _waiting.DisposeAsync();
        await _installed.DisposeAsync();
    }

    /// <summary>When the newest credentials of the job end.</summary>
    internal async Task<DateTimeOffset> EndAsync() =>
        DateTimeOffset.Parse((string)(await Waiting.FindAsync())!["status"]!["credentialsExpire"]!, CultureInfo.InvariantCulture);
}
