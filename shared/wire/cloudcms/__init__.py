"""The Cloud CMS dialect: policies of statements that grant and revoke roles, documents kept as they came.

conditions  the kinds of condition, each with what it takes
matching, operators, queries   what can be asked of documents, as MongoDB has it
objects, system   bodies as they come in, what answers add to documents
policies    policy documents, to be kept and to be evaluated
shipped     system policies and templates, as files
policy_shapes, vocabulary   policies, their holders and types of condition, as clients are told of them
documents, shapes   what any document may have; what is around one, as clients are told of it
teams, roles, principal_shapes   the same of teams, roles, users and groups
templates   what a template is, and how one becomes a policy

Source: the published API reference, documentation and drivers of Cloud CMS.
Does not belong here: the other dialect, HTTP statuses.
"""
