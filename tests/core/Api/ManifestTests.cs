using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Core.Tests.Api;

public sealed class ManifestTests
{
    public static IEnumerable<object[]> Broken => Golden.Cases("manifests");

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_manifest_is_explained_by_field_value_and_fix(string name)
    {
        var reading = Manifest.Read(Golden.Given("manifests", name));

        Assert.Null(reading.Job);
        Assert.NotEmpty(reading.Problems);
        Assert.All(reading.Problems, p => Assert.False(string.IsNullOrWhiteSpace(p.Fix)));
        Golden.Expect("manifests", name, "expected.txt", string.Concat(reading.Problems.Select(p => $"{p.Line}: {p}\n")));
    }

    [Fact]
    public void At_least_forty_broken_manifests_are_kept() => Assert.True(Broken.Count() >= 40);

    [Fact]
    public void A_manifest_read_as_json_has_the_same_job()
    {
        var job = Manifest.Read(Golden.Given("plans", "mixed-groups")).Job!;
        var again = Manifest.Read(JsonSerializer.SerializeToNode(job, ApiJson.Default.FederatedJob)!).Job!;

        Assert.Equal(JsonSerializer.Serialize(job, ApiJson.Default.FederatedJob), JsonSerializer.Serialize(again, ApiJson.Default.FederatedJob));
    }

    [Fact]
    public void Absent_members_take_the_records_own_defaults()
    {
        var spec = Manifest.Read(Golden.Given("plans", "minimal")).Job!.Spec;

        Assert.Equal(0.9, spec.Training.Optimizer.Momentum);
        Assert.Equal(32, spec.Training.BatchSize);
        Assert.Equal([1, 28, 28], spec.Model.InputShape);
        Assert.Equal(2, spec.Storage.Retention.UpdateRounds);
        Assert.Equal(10, spec.FailurePolicy.MaxRestarts);
        Assert.Null(spec.Training.ClipNorm);
    }

    [Fact]
    public void Status_and_server_set_metadata_are_accepted()
    {
        var document = JsonSerializer.SerializeToNode(Manifest.Read(Golden.Given("plans", "minimal")).Job!, ApiJson.Default.FederatedJob)!;
        document["status"] = new JsonObject { ["round"] = 7 };
        document["metadata"]!["resourceVersion"] = "12";

        Assert.Empty(Manifest.Read(document).Problems);
    }

    [Theory]
    [InlineData("yes", "true")]
    [InlineData("Off", "false")]
    [InlineData("~", "null")]
    [InlineData("0x1F", "31")]
    [InlineData("010", "8")]
    [InlineData("0o17", "15")]
    [InlineData("1_000", "1000")]
    [InlineData("-3", "-3")]
    [InlineData("1e-3", "0.001")]
    [InlineData("10.0", "10")]
    [InlineData(".5", "0.5")]
    [InlineData("\"5\"", "\"5\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("2024-01-01", "\"2024-01-01\"")]
    [InlineData("089", "89")]
    public void Scalars_mean_what_they_mean_to_kubectl(string yaml, string json)
    {
        var document = YamlDocument.Read($"value: {yaml}\n");

        Assert.Equal($"{{\"value\":{json}}}", document.Root!.ToJsonString());
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused()
    {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i =>
            $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));

        Assert.Contains("too large", Assert.Single(Manifest.Read(bomb).Problems).Wrong, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("learningrate", "learningRate")]
    [InlineData("lerningRate", "learningRate")]
    [InlineData("zebra", null)]
    public void The_nearest_name_is_suggested(string seen, string? suggested) =>
        Assert.Equal(suggested, Suggestions.Nearest(seen, ["learningRate", "momentum", "name"]));

    [Theory]
    [InlineData("abcd", "abcd", 0)]
    [InlineData("abcd", "abdc", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Edits_are_counted(string a, string b, int edits) => Assert.Equal(edits, Suggestions.Distance(a, b));
}
