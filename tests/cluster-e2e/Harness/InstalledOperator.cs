namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>The chart with two replicas, for all tests of a class.</summary>
public sealed class InstalledOperator : IAsyncLifetime
{
    /// <summary>The release.</summary>
    internal Release Release { get; } = new("fed-operator", "fed-system");

    // Short intervals: the tests wait for what the operator sees.
    public Task InitializeAsync() => InstallAsync("");

    /// <summary>With more values, each after a comma.</summary>
    internal Task InstallAsync(string values) => Release.InstallAsync("--set", "replicas=2,pollInterval=1s" + values);

    public async Task DisposeAsync() => await Release.UninstallAsync();
}
