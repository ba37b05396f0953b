using System.Text;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Ledger;

public sealed class LedgerDocumentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-ledger-").FullName;

    [Fact]
    public async Task Who_comes_second_gets_the_document_of_who_came_first()
    {
        var store = new FileBlobStore(_folder);
        var first = await store.CreateOrAdoptAsync("rounds/000001/train/cut.json", Cut("first"), LedgerJson.Default.CutDocument, CancellationToken.None);
        var second = await store.CreateOrAdoptAsync("rounds/000001/train/cut.json", Cut("second"), LedgerJson.Default.CutDocument, CancellationToken.None);
        Assert.Equal("first", second.Document.Open);
        Assert.Equal(first.Sha256, second.Sha256);
    }

    [Fact]
    public async Task A_broken_document_is_refused_by_name()
    {
        var store = new FileBlobStore(_folder);
        await store.CreateAsync("hello.json", Encoding.UTF8.GetBytes("{\"client\": 3}"), CancellationToken.None);
        var refused = await Assert.ThrowsAsync<LedgerException>(() => store.ReadDocumentAsync("hello.json", LedgerJson.Default.HelloDocument, CancellationToken.None));
        Assert.Contains("hello.json", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_client_left_out_has_its_default_and_what_is_required_is_asked_for()
    {
        var store = new FileBlobStore(_folder);
        await store.CreateAsync("control.json", Encoding.UTF8.GetBytes("{\"rounds\": 7}"), CancellationToken.None);
        var control = (await store.ReadDocumentAsync("control.json", LedgerJson.Default.ControlDocument, CancellationToken.None))!.Document;
        Assert.Equal(7, control.Rounds);
        Assert.Empty(control.Lost);
        var hello = """{"client": "a", "model": "m", "incarnation": "1", "trainSamples": 3, "testSamples": 2}""";
        await store.CreateAsync("hello.json", Encoding.UTF8.GetBytes(hello), CancellationToken.None);
        Assert.Equal(1, (await store.ReadDocumentAsync("hello.json", LedgerJson.Default.HelloDocument, CancellationToken.None))!.Document.Protocol);
        await store.WriteAsync("hello.json", Encoding.UTF8.GetBytes(hello.Replace("\"trainSamples\": 3, ", "", StringComparison.Ordinal)), null, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<LedgerException>(() => store.ReadDocumentAsync("hello.json", LedgerJson.Default.HelloDocument, CancellationToken.None));
        Assert.Contains("trainSamples", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_not_a_number_survives_the_way_through_JSON()
    {
        var report = new ReportDocument { Plan = "p", Round = new RoundKey(1, RoundKind.Train), Base = "b", Training = new SampleSums(3, double.NaN, 0) };
        var read = System.Text.Json.JsonSerializer.Deserialize(LedgerJson.Write(report, LedgerJson.Default.ReportDocument), LedgerJson.Default.ReportDocument);
        Assert.True(double.IsNaN(read!.Training!.LossSum));
    }

    [Fact]
    public void The_documents_of_a_job_of_two_thousand_clients_keep_within_their_limit()
    {
        var hash = new string('a', 64);
        var clients = Enumerable.Range(0, 2000).Select(i => $"client-with-long-nam-{i:0000}").ToList();
        Assert.All(clients, name => Assert.Equal(25, name.Length));
        var round = new RoundKey(12345, RoundKind.Train);
        var reference = new BlobReference(LedgerPaths.Checkpoint(12345, hash), hash, 123456789);
        var sums = new SampleSums(1234567, 1234567.123456789, 1234567);
        var progress = new ProgressDocument
        {
            State = JobState.Running,
            Target = 20000,
            Round = round,
            Closed = round,
            WaitingFor = clients,
            Admitted = clients.ToDictionary(c => c, _ => 12345),
            Exclusions = [.. clients.Take(20).Select(c => new RoundExclusion(round, new Exclusion(c, ExclusionReason.Missing, new string('m', 2000))))],
            ClientAccuracy = new ClientAccuracy { WorstClient = clients[0], Mean = 1.0 / 3, Worst = 1.0 / 3, GlobalModel = 1.0 / 3, Each = clients.Take(RoundMetrics.MostClientsNamed).ToDictionary(c => c, _ => 1.0 / 3) },
            Checkpoint = reference,
        };
        Assert.True(LedgerJson.Write(progress, LedgerJson.Default.ProgressDocument).Length < LedgerPaths.MaximumDocumentLength / 2);
        var closed = new ClosedDocument
        {
            Round = round,
            Cut = hash,
            Checkpoint = reference,
            Clients = [.. clients.Select(c => new ClientRecord(c, 0, 1234567, 1234567, Guid.Empty.ToString("N"), hash, 12345))],
            Metrics = new RoundMetrics
            {
                Evaluation = sums,
                GlobalEvaluation = sums,
                GlobalModelAccuracy = 1.0 / 3,
                Clients = [.. clients.Select(c => new ClientMetrics { Client = c, Training = sums, Evaluation = sums, TrainSeconds = 12.345678901234567, EvaluateSeconds = 12.345678901234567, Seconds = 123.45678901234567 })],
            },
        };
        var length = LedgerJson.Write(closed, LedgerJson.Default.ClosedDocument).Length;
        Assert.True(length < LedgerPaths.MaximumDocumentLength, $"closed.json has {length} bytes");
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [InlineData("../../../../../../../../../../../../../../../../../../../etc/passw", false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n", false)]
    [InlineData(null, false)]
    public void Only_a_hash_may_become_part_of_a_name(string? text, bool accepted) => Assert.Equal(accepted, LedgerPaths.IsSha256(text));

    [Fact]
    public void Every_blob_of_a_ledger_has_a_write_point()
    {
        var round = new RoundKey(7, RoundKind.Train);
        var hash = new string('a', 64);
        string[] names =
        [
            LedgerPaths.Plan, LedgerPaths.Model, LedgerPaths.InitialCheckpoint, LedgerPaths.InitialPersonal, LedgerPaths.Progress, LedgerPaths.Control, LedgerPaths.Credential, LedgerPaths.Hello, LedgerPaths.Heartbeat,
            LedgerPaths.Open(round), LedgerPaths.Extended(round, 1), LedgerPaths.Cut(round), LedgerPaths.Closed(round), LedgerPaths.Report(round),
            LedgerPaths.Attempt(round, 2), LedgerPaths.Report(round, 2), LedgerPaths.Exchange(round, 2, new StepExchange(1, "layer1.0.bn1", Backward: true)),
            LedgerPaths.Checkpoint(7, hash), LedgerPaths.ServerState(7, hash), LedgerPaths.Result(7), LedgerPaths.Update(hash), LedgerPaths.State(hash),
        ];
        Assert.Equal(Enum.GetValues<WritePoint>().Except(WritePoints.WithoutBlob).Order(), names.Select(WritePoints.Of).Distinct().Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CutDocument Cut(string open) => new() { Round = new RoundKey(1, RoundKind.Train), Open = open, Admitted = [], Excluded = [] };
}
