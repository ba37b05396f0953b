using System.Globalization;
using System.Text.Json.Nodes;
using FedOperator.ClusterEndToEnd.Harness;
using FedOperator.Core.Ledger;

namespace FedOperator.ClusterEndToEnd;

/// <summary>From an empty cluster to a trained model and back: what README.md and samples/cluster/README.md tell people to do.</summary>
[Collection(nameof(OneCluster))]
public sealed class StoryTests(Workplace place)
{
    [Fact]
    public async Task The_sample_is_installed_trained_checked_and_leaves_nothing_but_what_it_should()
    {
        var release = new Release("fed-operator", "fed-system");
        await release.InstallAsync();
        var manifest = (await File.ReadAllTextAsync(Programs.Source("samples/fashion-mnist.yaml")))
            .Replace("\n  rounds: 400\n", "\n  rounds: 40\n", StringComparison.Ordinal)
            .Replace("\n    schedule:\n", "\n    schedule:\n      rounds: 400\n", StringComparison.Ordinal);
        await using var run = await JobRun.StartAsync(place, "story", manifest);

        await MetricsAreCleanWhileItRunsAsync(release, run);
        var job = await run.CompletesWithTheBytesOfALocalRunAsync();

        await ColumnsSayItAsync(run, job);
        await TheResultIsWhereTheStatusSaysAsync(run, job);
        await Leaks.AssertWouldBeFoundAsync(run);
        await FedTellsAndFetchesItAsync(run);
        Assert.Contains("Succeeded", await release.TestAsync(), StringComparison.Ordinal);

        await run.Kubectl.RunAsync("delete", "federatedjob", run.Name, "--timeout=60s");
        await NothingOfTheJobIsLeftAsync(run);
        await release.UninstallAsync();
        await NothingOfTheReleaseIsLeftAsync(release);
        Assert.Contains("federatedjobs.fedoperator.io", await new Kubectl().RunAsync("get", "crd", "-o", "name"), StringComparison.Ordinal);
        await TheBlobsAreStillThereAsync(run);
    }

    private static async Task MetricsAreCleanWhileItRunsAsync(Release release, JobRun run)
    {
        var aggregator = await run.RunningPodAsync("aggregator");
        var trainer = await run.RunningPodAsync("edge-0");
        await run.MoreRoundsAsync(3);
        Assert.Contains("federatedjob_", await Scrape.CleanAsync(aggregator, 9400), StringComparison.Ordinal);
        Assert.Contains("federatedjob_", await Scrape.CleanAsync(trainer, 9400), StringComparison.Ordinal);
        var operatorMetrics = await Scrape.CleanAsync(Assert.Single(await release.PodsAsync()), 8080);
        foreach (var name in (string[])["controller_runtime_reconcile_total", "workqueue_depth", "rest_client_requests_total", "federatedjob_"])
            Assert.Contains(name, operatorMetrics, StringComparison.Ordinal);
    }

    private static async Task ColumnsSayItAsync(JobRun run, JsonNode job)
    {
        var lines = (await run.Kubectl.RunAsync("get", "fj")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["NAME", "STATE", "ROUND", "CLIENTS", "ACCURACY", "AGE"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var row = lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["fashion-mnist", "Complete", "40/40"], row[..3]);
        var accuracy = (double)job["status"]!["accuracy"]!;
        Assert.InRange(accuracy, 0.3, 0.9);
        var reference = await LocalReference.OfAsync(run.Manifest);
        Assert.Contains("accuracy=" + accuracy.ToString("F4", CultureInfo.InvariantCulture), reference.Text, StringComparison.Ordinal);
    }

    private static async Task TheResultIsWhereTheStatusSaysAsync(JobRun run, JsonNode job)
    {
        var checkpoint = (string)job["status"]!["result"]!["checkpoint"]!;
        Assert.EndsWith($"/{LedgerPaths.GlobalContainer(run.Id)}/{LedgerPaths.Result(40)}", checkpoint, StringComparison.Ordinal);
        var blob = (await run.Ledger.Global.StatAsync(LedgerPaths.Result(40), default))!;
        Assert.Equal((await LocalReference.OfAsync(run.Manifest)).Checkpoint.Length, blob.Length);
    }

    private static async Task FedTellsAndFetchesItAsync(JobRun run)
    {
        Task<string> FedAsync(string verb, params string[] more) => Shell.RunAsync(Programs.Source("fed"), [verb, run.Name, "-n", run.Namespace, .. more]);
        Assert.Matches("state +Complete", await FedAsync("status"));
        var logs = await FedAsync("logs");
        Assert.All((string[])["[aggregator]", "[edge-0]", "[edge-4]"], process => Assert.Contains(process, logs, StringComparison.Ordinal));
        var folder = Directory.CreateTempSubdirectory("fed-e2e-pulled-");
        await FedAsync("pull", "--out", folder.FullName);
        Assert.Equal((await LocalReference.OfAsync(run.Manifest)).Checkpoint, await File.ReadAllBytesAsync(Path.Join(folder.FullName, "checkpoint.safetensors")));
        Assert.True(File.Exists(Path.Join(folder.FullName, "report.html")));
        folder.Delete(recursive: true);
    }

    private static Task NothingOfTheJobIsLeftAsync(JobRun run) =>
        Wait.UntilAsync("end of the job's pods and Secrets", TimeSpan.FromMinutes(2), async () =>
            (await run.Kubectl.ListAsync("pods")).Count == 0
            && (await run.Kubectl.ListAsync("secrets")).All(s => (string)s["metadata"]!["name"]! is var name && (name == "storage-key" || name.StartsWith("default-token", StringComparison.Ordinal))));

    private static async Task NothingOfTheReleaseIsLeftAsync(Release release)
    {
        foreach (var kind in (string[])["deployments", "replicasets", "pods", "services", "serviceaccounts", "roles", "rolebindings", "networkpolicies", "poddisruptionbudgets", "leases", "configmaps", "secrets"])
        {
            await Wait.UntilAsync($"end of the release's {kind}", TimeSpan.FromMinutes(1), async () =>
                (await release.Kubectl.ListAsync(kind)).All(o => (string)o["metadata"]!["name"]! is "default" or "kube-root-ca.crt" || ((string)o["metadata"]!["name"]!).StartsWith("default-token", StringComparison.Ordinal)),
                () => release.Kubectl.RunAsync("get", kind));
        }
        foreach (var kind in (string[])["clusterroles", "clusterrolebindings"])
            Assert.DoesNotContain(await new Kubectl().ListAsync(kind), o => ((string)o["metadata"]!["name"]!).StartsWith("fed-", StringComparison.Ordinal));
    }

    private static async Task TheBlobsAreStillThereAsync(JobRun run)
    {
        Assert.NotNull(await run.Ledger.Global.StatAsync(LedgerPaths.Result(40), default));
        Assert.NotNull(await run.Ledger.Exchange("edge-0").StatAsync(LedgerPaths.Hello, default));
    }
}
