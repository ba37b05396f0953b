using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Ledgers;

namespace FedOperator.Operator.Tests.Ledgers;

/// <summary>The operator's access to ledgers in a real account.</summary>
[Collection("Azurite")]
public sealed class LedgersTests(AzuriteFixture fixture)
{
    private static readonly OperatorSettings s_settings = new() { TrainerImage = "trainer:1" };
    private readonly RecordingTransport _requests = new();

    [Fact]
    public async Task A_published_job_has_all_its_containers_and_the_plan_that_governs()
    {
        var job = ServedJob.At(fixture.Azurite.AccountUrl);
        var ledgers = Ledgers();
        var before = await job.ObserveAsync(ledgers);
        Assert.Null(before.Trouble);
        Assert.Null(before.Plan);

        await job.PublishAsync(ledgers);
        // the external client has a private container whatever the plan says of personal state
        Assert.Equal(
            Containers.All(job.Plan).Order(StringComparer.Ordinal),
            (await fixture.Azurite.Stores.ListContainersAsync(job.Global, default)).Order(StringComparer.Ordinal));
        Assert.Equal(7, Containers.All(job.Plan).Count);
        Assert.Equal(job.Plan.Hash, (await job.ObserveAsync(ledgers)).Plan!.Hash);

        // another operator, and another spec: what is there governs
        var other = Ledgers();
        await other.PublishAsync(job.Key, job.Uid, job.Job, job.Plan with { Seed = 2, Hash = "other" }, default);
        Assert.Equal(job.Plan.Hash, (await job.ObserveAsync(other)).Plan!.Hash);
    }

    [Fact]
    public async Task An_unchanged_job_costs_one_request_that_finds_nothing_new()
    {
        var job = ServedJob.At(fixture.Azurite.AccountUrl);
        var ledgers = Ledgers();
        await job.PublishAsync(ledgers);
        var global = fixture.Azurite.Stores.Container(job.Global);
        await ServedJob.ProgressAsync(global, JobState.Running, Train(1));
        _requests.Take();
        Assert.Equal(JobState.Running, (await job.ObserveAsync(ledgers)).Progress!.State);
        Assert.Equal(["GET plan.json 200", "GET progress.json 200", "GET control.json 404"], _requests.Take());

        Assert.Equal(Train(1), (await job.ObserveAsync(ledgers)).Progress!.Round);
        Assert.Equal(["GET progress.json 304"], _requests.Take());

        await ServedJob.ProgressAsync(global, JobState.Running, Train(2), Train(1), Train(2));
        Assert.Equal(Train(2), (await job.ObserveAsync(ledgers)).Progress!.Round);
        Assert.Equal(["GET progress.json 200", "GET control.json 404"], _requests.Take());

        await ledgers.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Suspended = true, Lost = ["edge-1"] }, default);
        _requests.Take();
        var suspended = await job.ObserveAsync(ledgers);
        Assert.True(suspended.Control.Suspended);
        Assert.Equal(["edge-1"], suspended.Control.Lost);
        // and, once, the clients' states; then only whether the aggregator had closed one round more
        Assert.Equal(["GET progress.json 304", "GET rounds/000001/train/closed.json 200", "GET rounds/000002/train/closed.json 404"], _requests.Take());
        await job.ObserveAsync(ledgers);
        Assert.Equal(["GET progress.json 304", "GET rounds/000002/train/closed.json 404"], _requests.Take());
        // an operator that starts anew reads what the one before has written
        Assert.True((await job.ObserveAsync(Ledgers())).Control.Suspended);
    }

    [Fact]
    public async Task An_operator_does_not_write_over_the_hints_of_another_that_it_has_not_read()
    {
        var job = ServedJob.At(fixture.Azurite.AccountUrl);
        var (late, leader) = (Ledgers(), Ledgers());
        await job.PublishAsync(leader);
        await job.ObserveAsync(late);
        await job.ObserveAsync(leader);

        Assert.True(await leader.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Lost = ["edge-1"] }, default));
        Assert.False(await late.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Rounds = 7 }, default));
        Assert.Equal(["edge-1"], (await job.ObserveAsync(late)).Control.Lost);

        Assert.True(await leader.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Lost = ["edge-1"], Suspended = true }, default));
        Assert.False(await late.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument(), default));
        var read = (await job.ObserveAsync(late)).Control;
        Assert.True(read.Suspended);
        Assert.True(await late.ControlAsync(job.Key, job.Uid, job.Job, read with { Rounds = 7 }, default));
        Assert.Equal(7, (await job.ObserveAsync(Ledgers())).Control.Rounds);
    }

    [Fact]
    public async Task The_last_closed_round_decides_whether_a_job_has_ended_and_not_progress()
    {
        var job = ServedJob.At(fixture.Azurite.AccountUrl);
        var ledgers = Ledgers();
        await job.PublishAsync(ledgers);
        var global = fixture.Azurite.Stores.Container(job.Global);
        var evaluated = new RoundKey(3, RoundKind.Evaluate);

        // a summary that runs ahead of the truth
        await ServedJob.ProgressAsync(global, JobState.Complete, Train(2), Train(2), Train(3));
        Assert.False((await job.ObserveAsync(ledgers)).Ended);

        await ServedJob.ProgressAsync(global, JobState.Complete, evaluated, evaluated);
        _requests.Take();
        var ended = await job.ObserveAsync(ledgers);
        Assert.True(ended.Ended);
        Assert.Null(ended.Failure);
        Assert.Contains("GET rounds/000003/evaluate/closed.json 200", _requests.Take());
        Assert.Empty(ended.Personal!);
        Assert.True((await job.ObserveAsync(ledgers)).Ended);
        Assert.Equal(["GET progress.json 304"], _requests.Take());

        // the job grows: it goes on
        await ledgers.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Rounds = 5 }, default);
        Assert.False((await job.ObserveAsync(ledgers)).Ended);
        var failed = Train(4);
        await ServedJob.ProgressAsync(global, JobState.Failed, failed, failed, failure: new Failure("BelowQuorum", "1 of 3"));
        var failure = await job.ObserveAsync(ledgers);
        Assert.True(failure.Ended);
        Assert.Equal("BelowQuorum", failure.Failure!.Reason);
    }

    [Fact]
    public async Task Each_way_to_have_no_access_is_told_in_words_with_the_fix()
    {
        var job = ServedJob.At(fixture.Azurite.AccountUrl);
        await TroubleAsync(Ledgers(), ServedJob.At(fixture.Azurite.AccountUrl, "other-key"), "CredentialsSecretMissing", "other-key", "kubectl label secret other-key fedoperator.io/storage-credential=true");
        await TroubleAsync(Ledgers(ServedJob.Secret(Key, "key")), job, "CredentialsSecretMissing", "no key accountKey (it has key)");
        await TroubleAsync(Ledgers(ServedJob.Secret("not base64!")), job, "CredentialsRefused", "accountKey is not an account's key");
        await TroubleAsync(Ledgers(ServedJob.Secret(Convert.ToBase64String(new byte[64]))), job, "CredentialsRefused", "403", "storage-key");
        await TroubleAsync(Ledgers((_, _, _) => throw new HttpRequestException("connection refused")), job, "StorageUnavailable", "could not be read", "connection refused");
        await TroubleAsync(Ledgers(), ServedJob.At("http://127.0.0.1:1/devstoreaccount1"), "StorageUnavailable", "ConnectionRefused", "firewall");
        await TroubleAsync(Ledgers(), ServedJob.At("https://no-such-account.invalid"), "StorageUnavailable", "account's name");
        await TroubleAsync(Ledgers(), ServedJob.At("http://azurite.storage:4711/devstoreaccount1"), "AccountNotAllowed", "IP address");
        await TroubleAsync(Ledgers(), ServedJob.At("https://account.blob.core.windows.net", secret: null), "AccountNotAllowed", "nowhere", "credentialsSecret");
        await TroubleAsync(Ledgers(), new ServedJob("{volume: {claimName: shared}}"), "ClaimNotServed", "shared", "storage.claimName");
    }

    [Fact]
    public async Task A_refused_key_is_read_again_from_its_Secret_once()
    {
        var job = ServedJob.At(fixture.Azurite.AccountUrl);
        await job.PublishAsync(Ledgers());
        var (key, reads) = (Key, 0);
        var ledgers = Ledgers((space, name, token) =>
        {
            reads++;
            return ServedJob.Secret(key)(space, name, token);
        });
        Assert.NotNull((await job.ObserveAsync(ledgers)).Plan);
        Assert.NotNull((await job.ObserveAsync(ledgers)).Plan);
        Assert.Equal(1, reads);

        // what another account's key would do: the operator holds a key that is not good any more
        var rotated = Ledgers((space, name, token) =>
        {
            reads++;
            return ServedJob.Secret(reads == 2 ? Convert.ToBase64String(new byte[64]) : key)(space, name, token);
        });
        var observed = await job.ObserveAsync(rotated);
        Assert.NotNull(observed.Plan);
        Assert.Equal(3, reads);
        // the key is told from the one before, whatever signed the credentials that are there
        Assert.Equal(LedgerLogin.NameOf(key), observed.SigningKey);
        Assert.Equal(observed.SigningKey, (await job.IssueAsync(rotated, TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1))).SigningKey);
    }

    [Fact]
    public async Task Credentials_of_a_key_that_was_replaced_while_no_operator_ran_are_issued_anew_by_the_next_one()
    {
        var job = ServedJob.At(fixture.Azurite.AccountUrl);
        var now = TimeProvider.System.GetUtcNow();
        // as the operator before left it: with credentials for a day, which another key has signed
        var before = new FederatedJobStatus { PlanHash = job.Plan.Hash, CredentialsExpire = now + TimeSpan.FromHours(24), CredentialsKey = LedgerLogin.NameOf(Convert.ToBase64String(new byte[64])) };
        await job.PublishAsync(Ledgers());

        var restarted = Ledgers();
        var due = JobPlanner.Plan(job.Observed(before, await job.ObserveAsync(restarted)), s_settings, now);
        Assert.NotNull(due.CredentialsUntil);
        var issued = await job.IssueAsync(restarted, due.CredentialsUntil.Value);
        Assert.NotEmpty(issued.Files);
        Assert.Equal(issued.SigningKey, due.Status.CredentialsKey);
        Assert.Equal(16, issued.SigningKey!.Length);
        // and by the one after that they are not
        Assert.Null(JobPlanner.Plan(job.Observed(due.Status, await job.ObserveAsync(Ledgers())), s_settings, now).CredentialsUntil);
    }

    [Fact]
    public async Task A_broken_document_is_named_and_what_was_known_stays()
    {
        var job = ServedJob.At(fixture.Azurite.AccountUrl);
        var ledgers = Ledgers();
        await job.PublishAsync(ledgers);
        var global = fixture.Azurite.Stores.Container(job.Global);
        await ServedJob.ProgressAsync(global, JobState.Running, Train(1));
        await job.ObserveAsync(ledgers);
        await global.WriteAsync(LedgerPaths.Progress, "{\"state\": 7}"u8.ToArray(), null, default);
        var broken = await job.ObserveAsync(ledgers);
        Assert.Equal("LedgerCorrupt", broken.Trouble!.Reason);
        Assert.Contains($"{job.Global}/progress.json", broken.Trouble.Message, StringComparison.Ordinal);
        Assert.Equal(Train(1), broken.Progress!.Round);

        await global.WriteAsync(LedgerPaths.Plan, "{}"u8.ToArray(), null, default);
        var other = await job.ObserveAsync(Ledgers());
        Assert.Equal("LedgerCorrupt", other.Trouble!.Reason);
        Assert.Contains($"{job.Global}/plan.json", other.Trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_storage_that_is_silent_holds_up_one_caller_and_not_all()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/devstoreaccount1";
        var ledgers = Ledgers();
        var since = Stopwatch.GetTimestamp();
        var first = await ServedJob.At(url).ObserveAsync(ledgers);
        Assert.Equal("StorageUnavailable", first.Trouble!.Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalSeconds, 1, 12);

        since = Stopwatch.GetTimestamp();
        var others = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ServedJob.At(url).ObserveAsync(ledgers)));
        // in the same words for all: a status that differs from pass to pass is written in each
        Assert.All(others, o => Assert.Equal(first.Trouble, o.Trouble));
        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(2), $"{Stopwatch.GetElapsedTime(since)}");
        // and other accounts are none the worse
        Assert.Null((await ServedJob.At(fixture.Azurite.AccountUrl).ObserveAsync(ledgers)).Trouble);
    }

    [Fact]
    public async Task A_storage_that_comes_back_is_used_again_and_what_was_known_stays_meanwhile()
    {
        using var folder = new TemporaryFolder();
        await using var first = await FedOperator.Tests.Azurite.Azurite.StartAsync(folder.Path);
        var job = ServedJob.At(first.AccountUrl);
        var ledgers = Ledgers();
        await job.PublishAsync(ledgers);
        Assert.NotNull((await job.ObserveAsync(ledgers)).Plan);
        await first.StopAsync();
        var away = await job.ObserveAsync(ledgers);
        Assert.Equal("StorageUnavailable", away.Trouble!.Reason);
        Assert.DoesNotContain(job.Global, away.Trouble.Message, StringComparison.Ordinal);
        Assert.Equal(away.Trouble, (await ServedJob.At(first.AccountUrl).ObserveAsync(ledgers)).Trouble);
        Assert.NotNull(away.Plan);
        await Assert.ThrowsAsync<LedgerAccessException>(() => ledgers.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument(), default));

        await using var again = await FedOperator.Tests.Azurite.Azurite.StartAsync(folder.Path, new Uri(first.Address).Port);
        var since = Stopwatch.GetTimestamp();
        while ((await job.ObserveAsync(ledgers)).Trouble is not null)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30));
            await Task.Delay(200);
        }
    }

    [Fact]
    public async Task Deleting_a_job_deletes_its_containers_alone_and_may_be_done_twice()
    {
        var (job, other) = (ServedJob.At(fixture.Azurite.AccountUrl), ServedJob.At(fixture.Azurite.AccountUrl));
        var ledgers = Ledgers();
        await job.PublishAsync(ledgers);
        await other.PublishAsync(ledgers);
        await fixture.Azurite.Stores.DeleteContainerAsync(LedgerPaths.ExchangeContainer(job.Plan.Job, "edge-1"), default);
        await ledgers.DeleteAsync(job.Key, job.Uid, job.Job, default);
        await ledgers.DeleteAsync(job.Key, job.Uid, job.Job, default);
        Assert.Empty(await fixture.Azurite.Stores.ListContainersAsync(job.Global, default));
        Assert.Equal(7, (await fixture.Azurite.Stores.ListContainersAsync(other.Global, default)).Count);
        Assert.Null((await job.ObserveAsync(ledgers)).Plan);
        ledgers.Forget(job.Uid);
        Assert.Null((await job.ObserveAsync(ledgers)).Plan);
    }

    [Fact]
    public async Task A_claim_is_a_ledger_too()
    {
        using var folder = new TemporaryFolder();
        var ledgers = new Operator.Ledgers.Ledgers(s_settings with { StorageClaim = "shared", StorageClaimPath = folder.Path }, (_, _, _) => throw new InvalidOperationException("no Secret is asked for"), TimeProvider.System);
        var job = new ServedJob("{volume: {claimName: shared}}");
        Assert.Null((await job.ObserveAsync(ledgers)).Plan);
        // looking makes nothing
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        await job.PublishAsync(ledgers);
        Assert.Equal(job.Plan.Hash, (await job.ObserveAsync(ledgers)).Plan!.Hash);
        await ledgers.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Suspended = true }, default);
        Assert.True((await job.ObserveAsync(ledgers)).Control.Suspended);
        Assert.Empty((await job.IssueAsync(ledgers, DateTimeOffset.MaxValue)).Files);
        await TroubleAsync(ledgers, new ServedJob("{volume: {claimName: another}}"), "ClaimNotServed", "another", "shared");
        await ledgers.DeleteAsync(job.Key, job.Uid, job.Job, default);
        await ledgers.DeleteAsync(job.Key, job.Uid, job.Job, default);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

        Directory.Delete(folder.Path);
        await TroubleAsync(ledgers, new ServedJob("{volume: {claimName: shared}}"), "StorageUnavailable", folder.Path);
        Directory.CreateDirectory(folder.Path);
    }

    private static string Key => FedOperator.Tests.Azurite.Azurite.AccountKey;

    private static RoundKey Train(int round) => new(round, RoundKind.Train);

    private static async Task TroubleAsync(Operator.Ledgers.Ledgers ledgers, ServedJob job, string reason, params string[] words)
    {
        var trouble = (await job.ObserveAsync(ledgers)).Trouble;
        Assert.Equal(reason, trouble?.Reason);
        Assert.All(words, word => Assert.Contains(word, trouble!.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Key, trouble!.Message, StringComparison.Ordinal);
        Assert.Equal(reason, (await Assert.ThrowsAsync<LedgerAccessException>(() => job.PublishAsync(ledgers))).Trouble.Reason);
    }

    private Operator.Ledgers.Ledgers Ledgers(Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, byte[]>?>>? secrets = null)
    {
        var ledgers = new Operator.Ledgers.Ledgers(s_settings, secrets ?? ServedJob.Secret(Key), TimeProvider.System);
        return new Operator.Ledgers.Ledgers(s_settings, secrets ?? ServedJob.Secret(Key), TimeProvider.System) { Options = ledgers.Options with { Transport = _requests } };
    }
}
