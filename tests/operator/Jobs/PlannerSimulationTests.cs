using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Jobs;

/// <summary>A whole cluster in memory: pods fail, are deleted and linger, specs are edited, storage goes away, and the operator dies between any two steps of a pass.</summary>
public sealed class PlannerSimulationTests
{
    private static readonly OperatorSettings s_settings = new() { TrainerImage = "x" };

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 60).Select(seed => (object[])[seed]);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_happens_no_process_has_two_pods_each_failure_counts_once_and_the_job_ends(int seed)
    {
        var run = new Run(seed);
        run.Go(steps: 250);
        run.World.Calm();
        run.Go(steps: 800, until: run.IsSettled);
        Assert.True(run.IsSettled(), $"not settled: {Json(run.World.Status)} pods: {string.Join(", ", run.World.Pods.Select(p => $"{p.Name} {p.Phase} {p.Terminating}"))}");

        // Nothing is left to do, and nothing is done.
        run.World.Step();
        var plan = JobPlanner.Plan(run.World.Observe(), s_settings, run.World.Now + TimeSpan.FromHours(1));
        Assert.Equal(Json(run.World.Status), Json(plan.Status));
        Assert.Empty(plan.Create);
        Assert.Empty(plan.Delete);
        Assert.Empty(plan.Events);
        Assert.True(plan is { Control: null, Publish: null, CredentialsUntil: null, LookAgain: null, Finalizer: FinalizerChange.None });
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_job_deleted_at_any_time_goes_and_takes_its_blobs_with_it_once_no_pod_is_left(int seed)
    {
        var run = new Run(seed);
        run.Go(steps: seed % 40);
        run.World.RequestDeletion();
        run.World.Calm();
        run.Go(steps: 200, until: () => run.World.IsGone);
        Assert.True(run.World.IsGone);
        Assert.False(run.World.HasBlobs);
    }

    [Fact]
    public void The_chaos_is_one()
    {
        var runs = Seeds.Select(s => new Run((int)s[0])).ToList();
        runs.ForEach(r => r.Go(steps: 250));
        runs.ForEach(r => r.World.Calm());
        runs.ForEach(r => r.Go(steps: 800, until: r.IsSettled));
        Assert.Contains(runs, r => Conditions.Is(r.World.Status, Conditions.Complete));
        Assert.Contains(runs, r => Conditions.Find(r.World.Status, Conditions.Failed)?.Reason == "AggregatorFailed");
        Assert.Contains(runs, r => Conditions.Find(r.World.Status, Conditions.Failed)?.Reason == "BelowQuorum");
        Assert.Contains(runs, r => r.World.Status.Attempts?.Any(a => a.Lost) ?? false);
        Assert.True(runs.Sum(r => r.Crashes) > 100);
        Assert.True(runs.Sum(r => r.World.Status.Restarts ?? 0) > 100);
    }

    private static string Json(FederatedJobStatus status) => JsonSerializer.Serialize(status, ApiJson.Default.FederatedJobStatus);

    private sealed class Run(int seed)
    {
        private readonly HashSet<string> _counted = new(StringComparer.Ordinal);
        private DateTimeOffset? _lookAgain;

        public SimulatedWorld World { get; } = new(seed);

        public int Crashes { get; private set; }

        public bool IsSettled() => Conditions.Standing(World.Status) is not null && _lookAgain is null && !World.HasNews;

        /// <summary>Time passes; the operator makes a pass when it is told of something, or when it said that it would look again.</summary>
        public void Go(int steps, Func<bool>? until = null)
        {
            for (var i = 0; i < steps && !World.IsGone && until?.Invoke() != true; i++)
            {
                World.Step();
                World.Check();
                if (World.HasNews || _lookAgain <= World.Now)
                    Pass();
            }
        }

        private void Pass()
        {
            World.HasNews = false;
            var plan = JobPlanner.Plan(World.Observe(), s_settings, World.Now);
            _lookAgain = World.Now + plan.LookAgain;
            foreach (var step in Steps(plan))
            {
                if (World.Chance(0.05))
                {
                    // The operator dies here. Another starts, and looks at every job.
                    Crashes++;
                    World.HasNews = true;
                    return;
                }
                step();
                World.Check();
            }
        }

        private IEnumerable<Action> Steps(JobPlan plan)
        {
            if (plan.Finalizer == FinalizerChange.Add)
                yield return () => World.HasFinalizer = true;
            if (plan.Publish is { } publish)
            {
                yield return () =>
                {
                    Assert.True(World.HasFinalizer, "blobs are made before the finalizer guards them");
                    World.HasBlobs = true;
                };
                yield return () => World.Ledger = World.Ledger with { Plan = World.Ledger.Plan ?? publish };
            }
            if (plan.Control is { } control)
                yield return () => World.Ledger = World.Ledger with { Control = control, Ended = World.Ledger.Ended && !(control.Rounds > World.Ledger.Progress?.Closed?.Number) };
            if (plan.CredentialsUntil is { } until)
                yield return () => World.Credentials = until;
            yield return () => Write(plan.Status);
            foreach (var deletion in plan.Delete)
                yield return () => World.Delete(deletion);
            foreach (var pod in plan.Create)
                yield return () => World.Create(pod);
            if (plan.DeleteBlobs)
            {
                yield return () =>
                {
                    Assert.Empty(World.Pods);
                    World.HasBlobs = false;
                };
            }
            if (plan.Finalizer == FinalizerChange.Remove)
            {
                yield return () =>
                {
                    World.HasFinalizer = false;
                    World.IsGone = World.DeletionRequested is not null;
                };
            }
        }

        private void Write(FederatedJobStatus status)
        {
            foreach (var after in status.Attempts ?? [])
            {
                var before = World.Status.Attempts?.FirstOrDefault(a => a.Name == after.Name) ?? new ProcessAttempts { Name = after.Name };
                Assert.InRange(after.Attempt - before.Attempt, 0, 1);
                Assert.False(before.Lost && (!after.Lost || after.Attempt != before.Attempt));
                // A next attempt, or a loss, follows from the end of a pod of this attempt, and from each only once.
                if (after.Attempt != before.Attempt || (after.Lost && !before.Lost))
                {
                    var index = after.Name == JobProcesses.AggregatorName ? "aggregator-0" : $"trainer-{after.Name[^1]}";
                    Assert.Contains(World.Ended, pod => pod.StartsWith($"sim-{index}-{before.Attempt} ", StringComparison.Ordinal));
                    Assert.True(_counted.Add($"{after.Name} {before.Attempt}"), $"attempt {before.Attempt} of {after.Name} is counted twice");
                }
            }
            Assert.True((status.Restarts ?? 0) >= (World.Status.Restarts ?? 0));
            Assert.True((status.Restarts ?? 0) <= World.Ended.Count);
            if (Json(status) != Json(World.Status))
                World.HasNews = true;
            World.Status = JsonSerializer.Deserialize(Json(status), ApiJson.Default.FederatedJobStatus)!;
        }
    }
}
