using System.Collections.Concurrent;
using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;

namespace FedOperator.Operator.Tests.Local;

public sealed class SupervisorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fed-supervisor-");
    private readonly ConcurrentQueue<string> _said = new();
    private readonly WaitsThatPassAtOnce _time = new();

    private static CancellationToken Never => CancellationToken.None;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_crashed_process_is_started_again_after_doubling_waits()
    {
        var result = await Run($"n=$(cat {Count} 2>/dev/null || echo 0); echo $((n+1)) >{Count}; test $n -ge 3", new FailurePolicySpec { MaxRestarts = 5, BackoffSeconds = 7 });

        Assert.Equal(ProcessEnd.Done, result.End);
        Assert.Equal("4", File.ReadAllText(Count).Trim());
        Assert.Equal([7, 14, 28], _time.Waits.Select(w => w.TotalSeconds));
        Assert.Equal(3, _said.Count);
    }

    [Fact]
    public async Task A_process_that_keeps_crashing_is_lost_when_its_budget_is_spent()
    {
        var result = await Run($"echo x >>{Count}; exit 9", new FailurePolicySpec { MaxRestarts = 2, BackoffSeconds = 1 });

        Assert.Equal((ProcessEnd.Lost, 9), (result.End, result.ExitCode));
        Assert.Equal(3, File.ReadAllLines(Count).Length);
    }

    [Theory]
    [InlineData(0, ProcessEnd.Done)]
    [InlineData(2, ProcessEnd.Refused)]
    [InlineData(3, ProcessEnd.JobFailed)]
    internal async Task Exit_codes_that_a_restart_would_not_change_are_final(int code, ProcessEnd end)
    {
        var result = await Run($"echo x >>{Count}; exit {code}", new FailurePolicySpec());

        Assert.Equal((end, code), (result.End, result.ExitCode));
        Assert.Single(File.ReadAllLines(Count));
    }

    [Fact]
    public async Task A_killed_process_is_a_crash_like_any_other()
    {
        var result = await Run($"test -f {Count} && exit 0; touch {Count}; kill -9 $$", new FailurePolicySpec { BackoffSeconds = 1 });

        Assert.Equal(ProcessEnd.Done, result.End);
        Assert.Contains("SIGKILL", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_reaches_the_process_as_SIGTERM()
    {
        var ready = Path.Combine(_folder.FullName, "ready");
        using var stop = new CancellationTokenSource();
        // In real time: how long a shell takes to get round to its trap is not this test's business.
        var running = new Supervisor(new FailurePolicySpec(), Start, _said.Enqueue, TimeProvider.System).RunAsync(Process($"trap 'echo term >{Count}; exit 0' TERM; touch {ready}; while :; do sleep 0.05; done"), stop.Token);
        await Until(() => File.Exists(ready));
        await stop.CancelAsync();

        Assert.Equal(ProcessEnd.Stopped, (await running).End);
        Assert.Equal("term", File.ReadAllText(Count).Trim());
    }

    [Fact]
    public async Task A_process_that_ignores_SIGTERM_is_killed()
    {
        var ready = Path.Combine(_folder.FullName, "ready");
        using var stop = new CancellationTokenSource();
        var running = Supervisor(new FailurePolicySpec()).RunAsync(Process($"trap '' TERM; echo $$ >{ready}.new; mv {ready}.new {ready}; while :; do sleep 0.05; done"), stop.Token);
        await Until(() => File.Exists(ready));
        await stop.CancelAsync();

        Assert.Equal((ProcessEnd.Stopped, 137), ((await running).End, (await running).ExitCode));
        Assert.False(Directory.Exists("/proc/" + File.ReadAllText(ready).Trim()));
    }

    [Fact]
    public async Task A_stop_during_a_wait_starts_nothing_more()
    {
        using var stop = new CancellationTokenSource();
        var running = new Supervisor(new FailurePolicySpec { BackoffSeconds = 3600 }, Start, _said.Enqueue, TimeProvider.System).RunAsync(Process($"echo x >>{Count}; exit 9"), stop.Token);
        await Until(() => File.Exists(Count) && File.ReadAllText(Count).Length > 0);
        await stop.CancelAsync();

        Assert.Equal(ProcessEnd.Stopped, (await running).End);
        Assert.Single(File.ReadAllLines(Count));
    }

    [Fact]
    public async Task Output_goes_to_the_log_across_restarts()
    {
        await Run($"echo once more; n=$(cat {Count} 2>/dev/null || echo 0); echo $((n+1)) >{Count}; test $n -ge 1", new FailurePolicySpec { BackoffSeconds = 1 });

        Assert.Equal(["once more", "once more"], File.ReadAllLines(Log));
    }

    [Fact]
    public async Task A_round_that_closed_without_a_process_gives_it_nothing_back()
    {
        var supervisor = new Supervisor(new FailurePolicySpec { MaxRestarts = 2, BackoffSeconds = 1 }, Start, _said.Enqueue, _time);
        _time.OnWait = () => supervisor.RoundClosed(["another"]);
        var result = await supervisor.RunAsync(Process($"echo x >>{Count}; exit 9"), Never);

        Assert.Equal(ProcessEnd.Lost, result.End);
        Assert.Equal(3, File.ReadAllLines(Count).Length);
    }

    [Fact]
    public async Task A_closed_round_gives_the_budget_back()
    {
        var supervisor = new Supervisor(new FailurePolicySpec { MaxRestarts = 1, BackoffSeconds = 1 }, Start, _said.Enqueue, _time);
        _time.OnWait = () => supervisor.RoundClosed(["p"]);
        var result = await supervisor.RunAsync(Process($"n=$(cat {Count} 2>/dev/null || echo 0); echo $((n+1)) >{Count}; test $n -ge 4"), Never);

        Assert.Equal(ProcessEnd.Done, result.End);
        Assert.Equal(4, supervisor.Restarts);
    }

    private string Count => Path.Combine(_folder.FullName, "count");

    private string Log => Path.Combine(_folder.FullName, "p.log");

    private Task<ProcessResult> Run(string script, FailurePolicySpec policy) => Supervisor(policy).RunAsync(Process(script), Never);

    private Supervisor Supervisor(FailurePolicySpec policy) => new(policy, Start, _said.Enqueue, _time);

    private ChildProcess Start(PlannedProcess process) => ChildProcess.Start(["/bin/sh", "-c", process.Arguments[0]], process.Environment, Log);

    private static PlannedProcess Process(string script) => new("p", ProcessRole.Trainer, [script], new Dictionary<string, string>(StringComparer.Ordinal));

    private static async Task Until(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
    }

    /// <summary>Notes the waits, and lets none of them take time.</summary>
    private sealed class WaitsThatPassAtOnce : TimeProvider
    {
        public ConcurrentQueue<TimeSpan> Waits { get; } = new();

        public Action? OnWait { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
                return System.CreateTimer(callback, state, dueTime, period);
            // The grace before SIGKILL passes at once too, after the child had a moment to take its SIGTERM.
            if (dueTime == Operator.Local.Supervisor.Grace)
                return System.CreateTimer(callback, state, TimeSpan.FromMilliseconds(500), period);
            Waits.Enqueue(dueTime);
            OnWait?.Invoke();
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Waits.Count} waits");
    }
}
