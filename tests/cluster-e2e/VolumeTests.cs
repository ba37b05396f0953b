using FedOperator.ClusterEndToEnd.Harness;

namespace FedOperator.ClusterEndToEnd;

/// <summary>The ledger on a claim, and an operator with rights in its own namespace alone.</summary>
[Collection(nameof(OneCluster))]
public sealed class VolumeTests(Workplace place)
{
    [Fact]
    public async Task A_job_on_a_claim_ends_with_the_same_bytes_under_an_operator_that_serves_one_namespace()
    {
        const string Account = "    azureBlob: {accountUrl: https://fedoperator.blob.core.windows.net, credentialsSecret: storage-key}\n";
        var manifest = await File.ReadAllTextAsync(Programs.Source("tests/cluster-e2e/Manifests/stateful.yaml"));
        Assert.Contains(Account, manifest, StringComparison.Ordinal);
        manifest = manifest.Replace(Account, "    volume: {claimName: ledger}\n", StringComparison.Ordinal);

        var kubectl = await place.NewNamespaceAsync("volume");
        await using var ledger = await FolderClaim.CreateAsync(kubectl, "ledger", "ReadWriteMany");
        var release = new Release("fed-operator", kubectl.Namespace!);
        try
        {
            await release.InstallAsync("--set", "storage.claimName=ledger,replicas=2,pollInterval=1s");
            foreach (var kind in (string[])["clusterroles", "clusterrolebindings"])
                Assert.DoesNotContain(await new Kubectl().ListAsync(kind), o => ((string)o["metadata"]!["name"]!).StartsWith("fed-operator", StringComparison.Ordinal));
            await using var run = await JobRun.StartOnVolumeAsync(place, kubectl, manifest, ledger.Folder);
            var trainer = await run.RunningPodAsync("site-1");
            await run.MoreRoundsAsync(2);
            await Bed.KillAsync(trainer, "trainer");
            await run.CompletesWithTheBytesOfALocalRunAsync();
            Assert.Equal(2, run.Pods.Names("site-1").Count);
            Assert.Contains("Succeeded", await release.TestAsync(), StringComparison.Ordinal);
        }
        finally
        {
            await release.UninstallAsync();
        }
    }
}
