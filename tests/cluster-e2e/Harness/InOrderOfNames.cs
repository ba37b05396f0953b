using Xunit.Abstractions;
using Xunit.Sdk;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>Runs a class's tests in ordinal order of their names: what has to wait comes late.</summary>
public sealed class InOrderOfNames : ITestCaseOrderer
{
    /// <inheritdoc/>
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => testCases.OrderBy(test => test.TestMethod.Method.Name, StringComparer.Ordinal);
}
