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
        var folder = Directory.CreateTempSubdirectory("fed-e2e-volume-").FullName;
        // Kubernetes does not give a folder of a node to a pod's group: values trainer.user.
        await Shell.RunAsync("chown", ["65532:65532", folder]);
        await kubectl.ApplyAsync(Claim(kubectl.Namespace!, folder));
        var release = new Release("fed-operator", kubectl.Namespace!);
        try
        {
            await release.InstallAsync("--set", "storage.claimName=ledger,replicas=2,pollInterval=1s");
            foreach (var kind in (string[])["clusterroles", "clusterrolebindings"])
                Assert.DoesNotContain(await new Kubectl().ListAsync(kind), o => ((string)o["metadata"]!["name"]!).StartsWith("fed-operator", StringComparison.Ordinal));
            await using var run = await JobRun.StartOnVolumeAsync(place, kubectl, manifest, folder);
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
            await new Kubectl().TryAsync("delete", "persistentvolume", "ledger-" + kubectl.Namespace, "--wait=false");
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Claim(string space, string folder) => $$$"""
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: ledger-{{{space}}}}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteMany]
          storageClassName: ""
          persistentVolumeReclaimPolicy: Retain
          claimRef: {namespace: {{{space}}}, name: ledger}
          hostPath: {path: {{{folder}}}, type: Directory}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: ledger}
        spec:
          accessModes: [ReadWriteMany]
          storageClassName: ""
          resources: {requests: {storage: 1Gi}}
        """;
}
