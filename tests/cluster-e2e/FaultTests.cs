using FedOperator.ClusterEndToEnd.Harness;

namespace FedOperator.ClusterEndToEnd;

/// <summary>Things that break while a job runs on real pods. Each job ends with the bytes of an undisturbed `fed run`, and no process of it ever has two live pod objects. docs/reliability.md has the list.</summary>
[Collection(nameof(OneCluster))]
[Trait("Category", "Faults")]
[TestCaseOrderer("FedOperator.ClusterEndToEnd.Harness.InOrderOfNames", "FedOperator.ClusterEndToEnd")]
public sealed class FaultTests(Workplace place, PatientJob installed) : IClassFixture<PatientJob>
{
    // Rounds that do not need what is away go on meanwhile: enough of them are left for what comes after.
    private const string Rounds = "  rounds: 60\n", ManyRounds = "  rounds: 120\n";

    private static readonly TimeSpan s_outage = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_container_of_a_job_is_killed()
    {
        await using var run = await StartAsync("kill");
        // The init container runs for about a second: the node tells of it before the API does.
        var init = await Wait.ForAsync("aggregator's pod", TimeSpan.FromMinutes(2), async () => (await run.Kubectl.ListAsync("pods", "-l", "fedoperator.io/process=aggregator")).FirstOrDefault());
        await Bed.KillAsync(init, "init");

        foreach (var (process, container) in ((string, string)[])[("aggregator", "aggregator"), ("site-0", "trainer"), ("site-1", "trainer"), ("site-2", "trainer")])
        {
            var pod = await run.RunningPodAsync(process);
            await run.MoreRoundsAsync(2);
            await Bed.KillAsync(pod, container);
            await run.MoreRoundsAsync(2);
        }

        var job = await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.Equal(3, run.Pods.Names("aggregator").Count);
        Assert.All((string[])["site-0", "site-1", "site-2"], client => Assert.Equal(2, run.Pods.Names(client).Count));
        Assert.Equal(5, (int)job["status"]!["restarts"]!);
        Assert.Contains(job["status"]!["failures"]!.AsArray(), f => (string?)f!["client"] == "site-1" && (int?)f["exitCode"] == 137);
    }

    [Fact]
    public async Task Pods_are_deleted_by_force_in_the_middle_of_a_round()
    {
        await using var run = await StartAsync("force");
        foreach (var process in (string[])["aggregator", "site-1"])
        {
            var pod = await run.RunningPodAsync(process);
            await run.MoreRoundsAsync(2);
            // A pod that the operator has not seen at work yet is made again under its own name: nothing was lost with it.
            await run.SeenAtWorkAsync(process);
            await run.Kubectl.RunAsync("delete", "pod", (string)pod["metadata"]!["name"]!, "--force", "--grace-period=0");
            // Rounds alone would not tell: the process goes on until the kubelet ends it, some seconds after its pod object is gone.
            await run.RunningPodAsync(process);
            await run.MoreRoundsAsync(3);
        }
        await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.All((string[])["aggregator", "site-1"], process => Assert.Equal(2, run.Pods.Names(process).Count));
    }

    [Fact]
    public async Task The_operator_is_killed_again_and_again_while_it_starts_a_job_and_while_the_job_runs()
    {
        await using var run = await StartAsync("operator", ManyRounds);
        // Restarts of a container are delayed more and more by Kubernetes: deletions are not.
        for (var kill = 0; kill < 3; kill++)
        {
            await Bed.KillAsync(await installed.Release.LeaderAsync(), "operator");
            await Task.Delay(TimeSpan.FromSeconds(3 + kill));
        }
        for (var kill = 0; kill < 2; kill++)
        {
            await run.MoreRoundsAsync(2);
            foreach (var pod in await installed.Release.PodsAsync())
                await installed.Release.Kubectl.RunAsync("delete", "pod", (string)pod["metadata"]!["name"]!, "--force", "--grace-period=0");
        }
        await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.All((string[])["aggregator", "site-0", "site-1", "site-2"], process => Assert.Single(run.Pods.Names(process)));
    }

    [Fact]
    public async Task The_leader_is_replaced_while_a_trainer_needs_a_restart()
    {
        await using var run = await StartAsync("leader");
        var trainer = await run.RunningPodAsync("site-2");
        await run.MoreRoundsAsync(2);
        var leader = (string)(await installed.Release.LeaderAsync())["metadata"]!["name"]!;
        await Bed.KillAsync(trainer, "trainer");
        await installed.Release.Kubectl.RunAsync("delete", "pod", leader, "--force", "--grace-period=0");
        await run.MoreRoundsAsync(5);
        Assert.NotEqual(leader, (string)(await installed.Release.LeaderAsync())["metadata"]!["name"]!);
        await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.Equal(2, run.Pods.Names("site-2").Count);
    }

    [Fact]
    public async Task The_API_server_is_away_for_a_minute_while_a_trainer_dies_and_etcd_is_restarted()
    {
        await using var run = await StartAsync("control-plane", ManyRounds);
        var trainer = await run.RunningPodAsync("site-0");
        await run.MoreRoundsAsync(2);
        await Bed.ProgramAsync("kill", "kube-apiserver");
        await Bed.KillAsync(trainer, "trainer");
        await Task.Delay(s_outage);
        await Bed.ProgramAsync("start", "kube-apiserver");
        // nobody could replace it until now, and no round can close without it
        await run.MoreRoundsAsync(2);

        await Bed.ProgramAsync("kill", "etcd");
        await Task.Delay(TimeSpan.FromSeconds(5));
        await Bed.ProgramAsync("start", "etcd");
        await run.MoreRoundsAsync(2);
        await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.Equal(2, run.Pods.Names("site-0").Count);
    }

    [Fact]
    public async Task The_store_is_away_for_a_minute()
    {
        await using var run = await StartAsync("storage");
        await run.RunningPodAsync("site-0");
        await run.MoreRoundsAsync(2);
        var before = await run.RoundsClosedAsync();
        await place.StopStorageAsync();
        await Task.Delay(s_outage);
        var degraded = JobRun.Condition((await run.FindAsync())!, "Degraded");
        Assert.Equal("StorageUnavailable", (string?)degraded?["reason"]);
        await place.StartStorageAsync();
        Assert.InRange(await run.RoundsClosedAsync(), before, before + 2);
        var job = await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.Null(JobRun.Condition(job, "Degraded"));
    }

    [Fact]
    public async Task A_second_process_works_for_a_client_and_another_for_the_aggregator_at_the_same_time()
    {
        await using var run = await StartAsync("overlap");
        await run.RunningPodAsync("site-0");
        await run.RunningPodAsync("aggregator");
        await run.MoreRoundsAsync(2);
        // As when a node is cut off: the old pod's process goes on with a good credential while the new pod's is at work.
        await using var trainer = await HostProcess.LikePodAsync(run, "site-0", "train --client site-0 --data /usr/share/datasets/fashion-mnist");
        await using var aggregator = await HostProcess.LikePodAsync(run, "aggregator", "aggregate");
        await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.True(trainer.Rounds > 3, $"the second trainer reported in {trainer.Rounds} rounds only:\n{trainer.Log}");
        Assert.True(aggregator.Rounds > 3, $"the second aggregator took part in {aggregator.Rounds} rounds only:\n{aggregator.Log}");
    }

    [Fact]
    public async Task While_all_this_happened_a_job_waited_for_its_silo_with_credentials_that_were_renewed()
    {
        var run = installed.Waiting;
        Assert.Equal(0, await run.RoundsClosedAsync());
        var left = installed.FirstEnd + TimeSpan.FromSeconds(5) - TimeProvider.System.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        Assert.True(await installed.EndAsync() > installed.FirstEnd, "the credentials were not renewed");

        await using var silo = await HostProcess.ExternalAsync(run, "silo", "/usr/share/datasets/fashion-mnist");
        await run.CompletesWithTheBytesOfALocalRunAsync();
        // Neither the outages nor the end of the first credentials cost a process its pod.
        Assert.All((string[])["aggregator", "site-0", "site-1"], process => Assert.Single(run.Pods.Names(process)));
    }

    private async Task<JobRun> StartAsync(string space, string rounds = Rounds) =>
        await JobRun.StartAsync(place, space, (await File.ReadAllTextAsync(Programs.Source("tests/cluster-e2e/Manifests/stateful.yaml"))).Replace(Rounds, rounds, StringComparison.Ordinal));
}
