using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Ledgers;

/// <summary>Which personal states the operator finds in a real account: those of the newest closed round, whatever progress.json says.</summary>
[Collection("Azurite")]
public sealed class PersonalReadingTests(AzuriteFixture fixture)
{
    private static readonly OperatorSettings s_settings = new() { TrainerImage = "trainer:1" };

    [Fact]
    public async Task The_states_of_a_job_that_stands_are_those_of_its_newest_closed_round()
    {
        var (job, ledgers, global) = await PublishedAsync();
        await ServedJob.ProgressAsync(global, JobState.Running, Train(2), Train(1), Train(2), clients: Clients("1"));
        Assert.Null((await job.ObserveAsync(ledgers)).Personal);

        await ledgers.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Suspended = true }, default);
        Assert.Equal(["edge-0 10", "edge-1 11"], States(await job.ObserveAsync(ledgers)));

        // What the aggregator closed before its pod went, and could not tell of any more.
        await ServedJob.CloseAsync(global, Train(2), Train(3), clients: Clients("2"));
        Assert.Equal(["edge-0 20", "edge-1 21"], States(await job.ObserveAsync(ledgers)));
        Assert.Equal(["edge-0 20", "edge-1 21"], States(await job.ObserveAsync(Ledgers())));

        await ledgers.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument(), default);
        Assert.Null((await job.ObserveAsync(ledgers)).Personal);

        // The operator has ended it.
        await ledgers.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Ended = new Failure("DeadlineExceeded", "too long") }, default);
        Assert.Equal(["edge-0 20", "edge-1 21"], States(await job.ObserveAsync(ledgers)));
    }

    [Fact]
    public async Task A_state_that_is_not_in_an_external_clients_private_container_is_at_its_home()
    {
        var (job, ledgers, global) = await PublishedAsync();
        var last = new RoundKey(3, RoundKind.Evaluate);
        var (away, here) = (new string('a', 64), new string('b', 64));
        await ServedJob.ProgressAsync(global, JobState.Complete, last, last, clients: [new ClientRecord("edge-0", 0, 1, 1, State: away), new ClientRecord("edge-1", 0, 1, 1), new ClientRecord("hospital-b", 0, 1, 1, State: here)]);
        Assert.Equal([new PersonalState("edge-0", away), new PersonalState("hospital-b", here, IsAtHome: true)], (await job.ObserveAsync(ledgers)).Personal!);

        await fixture.Azurite.Stores.Container(LedgerPaths.PrivateContainer(job.Plan.Job, "hospital-b")).CreateAsync(LedgerPaths.State(here), "x"u8.ToArray(), default);
        var status = JobPlanner.Plan(job.Observed(new FederatedJobStatus { Result = new JobResult() }, await job.ObserveAsync(Ledgers())), s_settings, TimeProvider.System.GetUtcNow()).Status;
        Assert.Equal([$"{job.Global}-p-edge-0/state/{away}.safetensors", $"{job.Global}-p-hospital-b/state/{here}.safetensors"], status.Result!.Personal!.Select(p => p.State));
    }

    [Fact]
    public async Task Blobs_that_go_with_their_job_take_the_personal_states_with_them()
    {
        var (job, ledgers, _) = await PublishedAsync();
        var home = fixture.Azurite.Stores.Container(LedgerPaths.PrivateContainer(job.Plan.Job, "edge-0"));
        await home.CreateAsync(LedgerPaths.State("a"), "x"u8.ToArray(), default);
        Assert.NotNull(await home.StatAsync(LedgerPaths.State("a"), default));
        await ledgers.DeleteAsync(job.Key, job.Uid, job.Job, default);
        Assert.DoesNotContain(home.Name, await fixture.Azurite.Stores.ListContainersAsync(job.Global, default));
    }

    private async Task<(ServedJob Job, Operator.Ledgers.Ledgers Ledgers, IBlobStore Global)> PublishedAsync()
    {
        var (job, ledgers) = (ServedJob.At(fixture.Azurite.AccountUrl), Ledgers());
        await job.PublishAsync(ledgers);
        return (job, ledgers, fixture.Azurite.Stores.Container(job.Global));
    }

    private static ClientRecord[] Clients(string round) => [new("edge-0", 0, 1, 1, State: round + "0"), new("edge-1", 0, 1, 1, State: round + "1"), new("hospital-b", 0, 1, 1)];

    private static IEnumerable<string> States(ObservedLedger ledger) => ledger.Personal!.Select(s => $"{s.Client} {s.Sha256}");

    private static RoundKey Train(int round) => new(round, RoundKind.Train);

    private static Operator.Ledgers.Ledgers Ledgers() => new(s_settings, ServedJob.Secret(FedOperator.Tests.Azurite.Azurite.AccountKey), TimeProvider.System);
}
