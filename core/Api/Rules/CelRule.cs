namespace FedOperator.Core.Api;

/// <summary>A rule that a current API server checks by itself (`x-kubernetes-validations`), before anything is stored. The operator checks the same in C#: an old server drops these.</summary>
/// <param name="At">The record on whose schema the rule stands, and which `self` is.</param>
/// <param name="Expression">CEL; true for what is allowed. With `oldSelf` it is asked at changes only.</param>
/// <param name="Message">What is wrong, and the fix: one line.</param>
/// <param name="Field">The field to change, seen from <paramref name="At"/>: `.training.localEpochs`; null: the record itself.</param>
/// <param name="Reason">Kubernetes' word for the kind of refusal: FieldValueInvalid, FieldValueRequired or FieldValueForbidden.</param>
internal sealed record CelRule(Type At, string Expression, string Message, string? Field = null, string Reason = "FieldValueInvalid");

/// <summary>A rule that stays with the operator.</summary>
/// <param name="Rule">What is checked.</param>
/// <param name="WhyNot">Why it is not in CEL.</param>
internal sealed record OperatorOnly(string Rule, string WhyNot);

/// <summary>The CEL of all rules, each from the file that has the rule itself.</summary>
internal static class CelRules
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<CelRule> All =
        [.. Combinations.Cel, .. ClientRules.Cel, .. DataRules.Cel, .. ImageRules.Cel, .. StorageRules.Cel, .. Immutability.Cel];

    /// <summary>The rules that have neither CEL nor a place in the schema.</summary>
    public static readonly IReadOnlyList<OperatorOnly> OperatorOnly =
    [
        new("the clients, groups expanded, are at most 2000", "a sum over a list has no bounded cost in a server's estimate"),
        new("normalization.robust.maxFaulty is less than half of the clients whose updates may close a round", "how many clients there are, groups expanded, is a sum over a list"),
        new("the clients' names, groups expanded, differ", "taking names apart for each pair of groups costs more than a server grants one rule"),
        new("featureShift is of clients that share a data set", "which clients share a data set is known only once `$(CLIENT_INDEX)` is replaced in free fields, which CEL does not see"),
        new("data.pixels of a group is the same once the job has started", "comparing two lists of numbers for each pair of groups costs more than a server grants one rule"),
        new("classesPerClient covers all classes", "which clients share a data set is known only once `$(CLIENT_INDEX)` is replaced in free fields, which CEL does not see"),
    ];
}
