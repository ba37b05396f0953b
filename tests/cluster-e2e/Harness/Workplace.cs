using System.Globalization;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>What all tests share: a blob store that pods reach, and namespaces that jobs can run in. The cluster itself was started by tests/cluster/e2e.sh.</summary>
public sealed class Workplace : IAsyncLifetime
{
    private readonly string _blobs = Directory.CreateTempSubdirectory("fed-e2e-blobs-").FullName;
    private Azurite? _azurite;
    private int _port;
    private int _spaces;

    /// <summary>The running store.</summary>
    internal Azurite Storage => _azurite ?? throw new InvalidOperationException("the store is stopped");

    /// <summary>The storage account's address, as pods see it; also while it is stopped.</summary>
    internal string AccountUrl { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await StartStorageAsync();
        AccountUrl = Storage.AccountUrl;
        _port = new Uri(Storage.Address).Port;
    }

    public async Task DisposeAsync()
    {
        await StopStorageAsync();
        Directory.Delete(_blobs, recursive: true);
    }

    /// <summary>Starts the store again, with its blobs.</summary>
    internal async Task StartStorageAsync() => _azurite = await Azurite.StartAsync(_blobs, _port, "--blobHost", Bed.Host);

    /// <summary>Stops the store; its blobs stay.</summary>
    internal async Task StopStorageAsync()
    {
        if (_azurite is { } running)
        {
            // Killed, it would forget what it answered for in its last seconds, as no real account does.
            await running.StopAsync();
            await running.DisposeAsync();
        }
        _azurite = null;
    }

    /// <summary>A new namespace with what jobs need: the storage account's key, and the data.</summary>
    internal async Task<Kubectl> NewNamespaceAsync(string name)
    {
        var space = string.Create(CultureInfo.InvariantCulture, $"{name}-{Interlocked.Increment(ref _spaces)}");
        await new Kubectl().RunAsync("create", "namespace", space);
        await new Kubectl().RunAsync("label", "namespace", space, "pod-security.kubernetes.io/enforce=restricted");
        var kubectl = new Kubectl(space);
        // as samples/cluster/README.md says
        await kubectl.RunAsync("create", "secret", "generic", "storage-key", "--from-literal=accountKey=" + Azurite.AccountKey);
        await kubectl.RunAsync("label", "secret", "storage-key", "fedoperator.io/storage-credential=true");
        await kubectl.ApplyAsync(await VolumeAsync(space));
        await kubectl.ApplyAsync(await File.ReadAllTextAsync(Programs.Source("samples/cluster/data-claim.yaml")));
        return kubectl;
    }

    /// <summary>A manifest with this cluster's storage account in place of the sample's.</summary>
    internal string Here(string manifest)
    {
        const string Sample = "https://fedoperator.blob.core.windows.net";
        Assert.Contains(Sample, manifest, StringComparison.Ordinal);
        return manifest.Replace(Sample, AccountUrl, StringComparison.Ordinal);
    }

    // Cluster-wide, so one for each namespace.
    private static async Task<string> VolumeAsync(string space) =>
        (await File.ReadAllTextAsync(Programs.Source("samples/cluster/data-volume.yaml")))
            .Replace("  name: fashion-mnist\n", $"  name: fashion-mnist-{space}\n", StringComparison.Ordinal)
            .Replace("namespace: default", "namespace: " + space, StringComparison.Ordinal);
}
