using FedOperator.Core.Ledger;
using FedOperator.EndToEnd.Tests.Harness;
using FedOperator.Trainer.Rounds;
using Microsoft.Extensions.Logging;

namespace FedOperator.EndToEnd.Tests;

/// <summary>Real processes and a real storage account: outages, and credentials that end while a job runs.</summary>
public sealed class StorageTests
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_account_that_is_away_for_a_while_costs_no_restart_and_no_byte()
    {
        var undisturbed = await FingerprintAsync(Specs.Everything);
        await using var account = await TestAccount.StartAsync();
        using var job = new TestJob(Specs.Everything, account: account);
        await account.PublishAsync(job);
        await account.IssueAsync(job, TimeSpan.FromHours(1));
        await using var run = await TestRun.StartAsync(job);
        await run.UntilClosedAsync(4);
        await account.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(12));
        Assert.All(run.All, p => Assert.False(p.Ended.IsCompleted, p.Log()));
        await account.RestartAsync();
        await run.CompleteAsync();
        Assert.All(run.All, p => Assert.Equal(1, p.Starts));
        Assert.All(run.All, p => Assert.Contains("ConnectionRefused", p.Log(), StringComparison.Ordinal));
        Assert.Equal(undisturbed, await job.FingerprintAsync());
    }

    [Fact]
    public async Task A_job_outlives_its_first_credentials_and_no_process_is_started_again()
    {
        var spec = Specs.Everything.Replace("rounds: 24", "rounds: 30", StringComparison.Ordinal)
            .Replace("{name: site, replicas: 3}", "{name: hospital, external: true}, {name: site, replicas: 2}", StringComparison.Ordinal);
        var undisturbed = await FingerprintAsync(spec);
        await using var account = await TestAccount.StartAsync();
        using var job = new TestJob(spec, account: account);
        await account.PublishAsync(job);
        var first = await account.IssueAsync(job, s_lifetime);
        var copied = await File.ReadAllBytesAsync(job.CredentialOf("hospital"));
        using var ended = new CancellationTokenSource();
        var renewing = account.RenewAsync(job, s_lifetime, ended.Token);
        // First by itself: on a busy machine many processes take long to start, and its copy is not renewed before it runs.
        await using var external = TrainerProcess.Client(job, "hospital");
        await using var run = await TestRun.StartAsync(job, clients: ["site-0", "site-1"]);
        await run.UntilClosedAsync(2);
        // The job stands still until what it began with has ended.
        await job.ControlAsync(new ControlDocument { Suspended = true });
        while (TimeProvider.System.GetUtcNow() < first + TimeSpan.FromSeconds(2))
            await Task.Delay(TimeSpan.FromSeconds(1));
        await job.ControlAsync(new ControlDocument());
        await run.CompleteAsync();
        Assert.True(await external.Ended == 0, external.Log());
        await ended.CancelAsync();
        await renewing;

        Assert.All(run.All.Append(external), p => Assert.Equal(1, p.Starts));
        Assert.Contains("new credentials from fj-test-p-hospital/credential.json, good until ", external.Log(), StringComparison.Ordinal);
        Assert.All(run.All, p => Assert.Contains("new credentials from the credential file", p.Log(), StringComparison.Ordinal));
        // a restart would find the new one
        Assert.NotEqual(copied, await File.ReadAllBytesAsync(job.CredentialOf("hospital")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(job.CredentialOf("hospital")));
        Assert.Equal(undisturbed, await job.FingerprintAsync());

        Assert.Equal(["fj-test-p-hospital/credential.json"], await account.BlobsWithAsync(job, "sig="));
        Assert.Empty(await account.BlobsWithAsync(job, FedOperator.Tests.Azurite.Azurite.AccountKey));
        Assert.DoesNotContain("sig=", run.Logs() + external.Log(), StringComparison.Ordinal);
        // the external client's personal state stayed at home
        Assert.Equal(["fj-test-p-hospital/credential.json"], (await account.BlobsWithAsync(job, "")).Where(b => b.StartsWith("fj-test-p-hospital/", StringComparison.Ordinal)));
        Assert.NotEmpty(Directory.GetFiles(job.Beside("state-of-hospital"), "*.safetensors", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Processes_that_wait_learn_that_the_operator_has_ended_the_job()
    {
        using var job = new TestJob(Specs.Everything);
        await using var early = TrainerProcess.Client(job, "site-2");
        await using var run = await TestRun.StartAsync(job, clients: ["site-0", "site-1"]);
        await run.UntilAsync(async () => await job.Ledger.Exchange("site-0").StatAsync(LedgerPaths.Hello, CancellationToken.None) is not null, "hello");
        await job.ControlAsync(new ControlDocument { Ended = new Failure("StartupDeadlineExceeded", "site-2 never said hello") });
        foreach (var process in run.All.Append(early))
        {
            Assert.True(await process.Ended == 3, process.Log());
            Assert.Contains("StartupDeadlineExceeded: site-2 never said hello", process.Log(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_that_waits_learns_that_the_ledger_was_deleted()
    {
        using var job = new TestJob(Specs.Everything);
        await TrainerProcess.InitAsync(job);
        await using var client = TrainerProcess.Client(job, "site-0");
        while (await job.Ledger.Exchange("site-0").StatAsync(LedgerPaths.Hello, CancellationToken.None) is null)
            await Task.Delay(10);
        await job.Ledger.Global.DeleteAsync(LedgerPaths.Plan, CancellationToken.None);
        Assert.True(await client.Ended == 3, client.Log());
        Assert.Contains("LedgerDeleted", client.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_waits_says_once_that_the_job_is_suspended()
    {
        using var job = new TestJob(Specs.Everything);
        var log = new Lines();
        var watch = new ControlWatch(job.Ledger.Global, log);
        await watch.LookAsync(CancellationToken.None);
        await job.ControlAsync(new ControlDocument { Suspended = true });
        await watch.LookAsync(CancellationToken.None);
        await watch.LookAsync(CancellationToken.None);
        Assert.Equal(["the job is suspended: waiting until it goes on"], log);
        await job.ControlAsync(new ControlDocument());
        await watch.LookAsync(CancellationToken.None);
        await job.ControlAsync(new ControlDocument { Suspended = true });
        await watch.LookAsync(CancellationToken.None);
        Assert.Equal(2, log.Count);
    }

    private static async Task<string> FingerprintAsync(string spec)
    {
        using var job = new TestJob(spec);
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();
        return await job.FingerprintAsync();
    }

    private sealed class Lines : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add(formatter(state, exception));
    }
}
