using System.Text.Json.Nodes;
using FedOperator.ClusterEndToEnd.Harness;

namespace FedOperator.ClusterEndToEnd;

/// <summary>What is wrong with pods stands in the job's status in words; jobs that stop go on; silos take part from outside.</summary>
[Collection(nameof(OneCluster))]
public sealed class TroubleTests(Workplace place, InstalledOperator installed) : IClassFixture<InstalledOperator>
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_trainer_out_of_memory_is_told_with_its_limit()
    {
        await using var run = await StartAsync("oom", "  clients: [{name: site, replicas: 2}]", "  clients: [{name: site, replicas: 2, trainer: {resources: {limits: {memory: 60Mi}}}}]");
        await SaysAsync(run, status => status["failures"]?.ToJsonString() ?? "", "OOMKilled", "60Mi");
    }

    [Fact]
    public async Task A_trainer_that_no_node_can_take_is_told_with_the_reason()
    {
        await using var run = await StartAsync("unschedulable", "  clients: [{name: site, replicas: 2}]", "  clients: [{name: site, replicas: 2, trainer: {resources: {limits: {nvidia.com/gpu: 1}}}}]");
        await SaysAsync(run, status => status["conditions"]?.ToJsonString() ?? "", "Unschedulable", "nvidia.com/gpu");
        var pod = (await run.Kubectl.ListAsync("pods", "-l", "fedoperator.io/process=site-0"))[0];
        Assert.Equal("1", (string?)pod["spec"]!["containers"]![0]!["resources"]!["limits"]!["nvidia.com/gpu"]);
    }

    [Fact]
    public async Task An_image_that_is_nowhere_is_told_by_its_name()
    {
        await using var run = await StartAsync("image", "  clients: [{name: site, replicas: 2}]", "  clients: [{name: site, replicas: 2, trainer: {image: \"localhost/no-such-image:1\"}}]");
        await SaysAsync(run, status => status["conditions"]?.ToJsonString() ?? "", "ImagePull", "localhost/no-such-image:1");
    }

    [Fact]
    public async Task A_job_is_suspended_resumed_and_ends_with_the_same_bytes()
    {
        await using var run = await StartAsync("suspend", "  rounds: 30", "  rounds: 100");
        await run.RunningPodAsync("site-0");
        await run.MoreRoundsAsync(3);
        await run.Kubectl.RunAsync("patch", "federatedjob", run.Name, "--type=merge", "-p", """{"spec":{"suspend":true}}""");
        await run.ConditionAsync("Suspended");
        await Wait.UntilAsync("end of the pods", s_soon, async () => (await run.Kubectl.ListAsync("pods")).All(p => (string?)p["status"]!["phase"] is "Succeeded" or "Failed"), run.DescribeAsync);
        var closed = await run.RoundsClosedAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal(closed, await run.RoundsClosedAsync());
        Assert.InRange(closed, 3, 99);
        await run.Kubectl.RunAsync("patch", "federatedjob", run.Name, "--type=merge", "-p", """{"spec":{"suspend":false}}""");
        await run.CompletesWithTheBytesOfALocalRunAsync();
    }

    [Fact]
    public async Task A_silo_outside_the_cluster_takes_part_with_a_credential_that_was_copied_to_it()
    {
        await using var run = await StartAsync("external", "  clients: [{name: site, replicas: 2}]", "  clients: [{name: site, replicas: 2}, {name: silo, external: true}]");
        await run.RunningPodAsync("site-0");
        Assert.Equal(0, await run.RoundsClosedAsync());
        await using var silo = await HostProcess.ExternalAsync(run, "silo", "/usr/share/datasets/fashion-mnist");
        await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.Empty(run.Pods.Names("silo"));
        Assert.True(silo.Rounds >= 30, silo.Log);
    }

    [Fact]
    public async Task A_standby_operator_is_ready_and_the_budget_of_disruptions_is_there()
    {
        Assert.Equal(2, (await installed.Release.PodsAsync()).Count(p => p["status"]!["containerStatuses"]![0]!["ready"]!.GetValue<bool>()));
        await installed.Release.LeaderAsync();
        Assert.Contains("fed-operator", await installed.Release.Kubectl.RunAsync("get", "poddisruptionbudget", "-o", "name"), StringComparison.Ordinal);
    }

    private async Task<JobRun> StartAsync(string space, string replace = "", string by = "")
    {
        var manifest = await File.ReadAllTextAsync(Programs.Source("tests/cluster-e2e/Manifests/small.yaml"));
        if (replace.Length > 0)
        {
            Assert.Contains(replace, manifest, StringComparison.Ordinal);
            manifest = manifest.Replace(replace, by, StringComparison.Ordinal);
        }
        return await JobRun.StartAsync(place, space, manifest);
    }

    private static async Task SaysAsync(JobRun run, Func<JsonNode, string> where, params string[] words)
    {
        await Wait.UntilAsync(string.Join(" and ", words) + " in the status", s_soon, async () => (await run.FindAsync())?["status"] is { } status && words.All(word => where(status).Contains(word, StringComparison.Ordinal)), run.DescribeAsync);
        await Leaks.AssertNoneAsync(run);
    }
}
