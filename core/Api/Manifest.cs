using System.Text.Json;
using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>A manifest read and checked: the job, or everything that is wrong with it.</summary>
/// <param name="Job">Null where there are problems.</param>
/// <param name="Problems">Empty for a valid manifest; otherwise all that was found, in the order of the file's lines.</param>
public sealed record ManifestReading(FederatedJob? Job, IReadOnlyList<Problem> Problems);

/// <summary>The one way from text to a <see cref="FederatedJob"/>: YAML -> JSON by kubectl's rules -> structure -> defaults -> records -> rules.</summary>
public static class Manifest
{
    /// <summary>Maps and lists of a document stand in each other so deep at most: no job needs half of it.</summary>
    public const int DeepestNesting = 48;

    /// <summary>What is said of a document that is nested deeper than that.</summary>
    /// <param name="field">Where.</param>
    public static ManifestReading TooDeep(string field) => new(null, [Structure.TooDeep(field)]);

    /// <summary>Reads one YAML (or JSON) document.</summary>
    /// <param name="yaml">Its text.</param>
    /// <param name="further">Rules of the caller's own, for a job that breaks none of ours; null: none.</param>
    public static ManifestReading Read(string yaml, Func<FederatedJob, IReadOnlyList<Problem>>? further = null)
    {
        var document = YamlDocument.Read(yaml);
        if (document.Root is null)
            return new ManifestReading(null, document.Problems);
        var reading = Read(document.Root);
        if (reading.Job is { } job && further?.Invoke(job) is { Count: > 0 } more)
            reading = new ManifestReading(null, more);
        return reading with { Problems = [.. reading.Problems.Select(p => p with { Line = document.LineOf(p.Field) }).OrderBy(p => p.Line ?? int.MaxValue)] };
    }

    /// <summary>Reads a document that is JSON already: the operator's path.</summary>
    public static ManifestReading Read(JsonNode document)
    {
        var copy = document.DeepClone();
        var structure = Structure.Check(copy, ApiJson.Default.FederatedJob);
        if (copy is not JsonObject)
            return new ManifestReading(null, structure);
        Defaults.Fill(copy, ApiJson.Default.FederatedJob);
        var job = copy.Deserialize(ApiJson.Default.FederatedJob)!;
        // With a broken structure, only what depends on one field alone is worth saying: a combination may be of what was mended.
        if (structure.Count > 0)
            return new ManifestReading(null, [.. structure, .. Identity.Check(job), .. Bounds.Check(job.Spec)]);
        var problems = Validation.Check(job);
        return new ManifestReading(problems.Count == 0 ? job : null, problems);
    }
}
